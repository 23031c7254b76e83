"""Every command, asked wrongly: exit code 2 and one message with what was found and what there is, also as JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import click
import pytest

from spark_app import cli
from spark_app.cli import lakehouse
from spark_app.lake import releases
from spark_app.lake.paths import Lake
from spark_app.lake.releases import Release

# What each command needs at least to be asked rightly; a command that is missing here fails a test.
NEEDED: dict[str, tuple[str, ...]] = {
    "alerts list": (),
    "alerts snooze": ("exit-3", "--until", "2024-01-02"),
    "alerts test": (),
    "cost actuals": (),
    "cost prices": (),
    "cost show": (),
    "ddl": (),
    "demo": (),
    "doctor": (),
    "events": (),
    "land": ("{tmp}/file",),
    "quarantine list": (),
    "quarantine replay": (),
    "quarantine show": ("orders",),
    "rebuild": (),
    "releases diff": (),
    "releases list": (),
    "releases rollback": ("1",),
    "replay olist": ("--from", "{tmp}", "--landing", "{tmp}/landing"),
    "report": (),
    "run": (),
    "status": (),
    "watch": ("--batches", "1"),
}
# These make the home where it is not there, or do not look at it.
MAKE_OR_NEED_NONE = {"cost prices", "demo", "land", "run", "replay olist", "ddl", "events", "watch"}


def _leaves(group: click.Group, above: str = "") -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _leaves(command, f"{above}{name} ")
        else:
            yield f"{above}{name}", command


COMMANDS = dict(_leaves(lakehouse))


@dataclass(frozen=True)
class Wrong:
    """Words that are wrong, and what the message says of them."""

    words: str
    says: str


def _of_every_command() -> Iterator[Wrong]:
    for name, command in COMMANDS.items():
        asked = " ".join([name, *NEEDED.get(name, ())])
        options = {option for each in command.params for option in each.opts}
        yield Wrong(f"{asked} --jsn", "No such option '--jsn'. ")
        yield Wrong(f"{asked} --env prodd", "no settings for environment 'prodd' in ")
        yield Wrong(f"{asked} --env lcal", "did you mean 'local'?")
        yield Wrong(f"{asked} 7 8 9", "unexpected extra argument")
        if "--source" in options and name != "replay olist":
            yield Wrong(f"{asked} --source canonicle", "no such source; did you mean 'canonical'?")
        if "--home" in options:
            yield Wrong(f"{asked} --home ", "--home: found nothing, expected a folder")
        if name not in MAKE_OR_NEED_NONE:
            yield Wrong(f"{asked} --home {{tmp}}/missing", "{tmp}/missing: no such folder; expected the home of")
            yield Wrong(f"{asked} --home {{tmp}}/file", "{tmp}/file: not a folder; expected the home of")
            yield Wrong(f"{asked} --home {{tmp}}/other", "{tmp}/other: neither landing nor lake in it; expected")


OWN = [
    Wrong("statsu", "no such command 'statsu'; did you mean 'status'?"),
    Wrong("quarantine shwo orders", "no such command 'shwo'; did you mean 'show'?"),
    Wrong("alerts snooze nothing-like-it --until 2024-01-02 --home {tmp}/home", "nobody was told of 'nothing-like-it'"),
    Wrong("alerts snooze x --until tomorrow", "'tomorrow' is no date; expected one as 2024-12-31"),
    Wrong("alerts test --home {tmp}/home", "the settings' alerts are empty"),
    Wrong("cost --by tabel", "'tabel' is not one of 'day', 'layer', 'table', 'run'"),
    Wrong("cost --prometheus --advice", "--advice, --storage and --prometheus exclude each other"),
    Wrong("cost tables", "no such command 'tables'; valid: actuals, prices, show"),
    Wrong("cost actuals --tag project", "--tag: found 'project', expected key=value"),
    Wrong("cost --days 0", "0 is not in the range"),
    Wrong("ddl --warehouse redshfit", "'redshfit' is not one of 'redshift', 'duckdb'"),
    Wrong("ddl --changes", "found warehouse duckdb in environment local, expected redshift"),
    Wrong("demo --days 0", "0 is not in the range"),
    Wrong("demo --live --days 3", "--days, --orders-per-day and --json are of a shop whose days are over"),
    Wrong("demo --days many", "'many' is not a valid integer range"),
    Wrong("demo --home {tmp}/file/home", "{tmp}/file/home/landing: cannot be written into: Not a directory"),
    Wrong("doctor --file {tmp}/none.csv", "--file {tmp}/none.csv: no such file; expected a file"),
    Wrong("doctor --file {tmp}/home", "--file {tmp}/home: a folder; expected a file"),
    Wrong("doctor --dataset orders", "it goes with --file"),
    Wrong("doctor --file {tmp}/file --dataset ordres", "unknown dataset 'ordres'; did you mean 'orders'?"),
    Wrong("doctor --rows -1", "-1 is not in the range"),
    Wrong("land", "Missing argument 'FILE|FOLDER'"),
    Wrong("land {tmp}/none.csv --dataset orders", "{tmp}/none.csv: no such file or folder"),
    Wrong("land {tmp}/empty --dataset orders", "{tmp}/empty: no file in it; expected some"),
    Wrong("land {tmp}/file", "has several datasets; expected --dataset, one of customers, "),
    Wrong("land {tmp}/file --dataset ordres", "unknown dataset 'ordres'; did you mean 'orders'?"),
    Wrong("land {tmp}/file --by a --by-name", "--by, --by-name and --date exclude each other"),
    Wrong("land {tmp}/file --date 31/12/2024", "'31/12/2024' is no date; expected one as 2024-12-31"),
    Wrong("land {tmp}/file --dataset orders --date 2024-01-01 --home {tmp}/file/home", "cannot be written into"),
    Wrong("quarantine show", "Missing argument 'ENTITY'"),
    Wrong("quarantine show orderz --home {tmp}/home", "unknown entity 'orderz'; did you mean 'orders'?"),
    Wrong("quarantine show orders --limit -1", "-1 is not in the range"),
    Wrong("quarantine show orders --date 2024-02-30", "'2024-02-30' is no date; expected one as 2024-12-31"),
    Wrong("quarantine show orders --rule nonsense --home {tmp}/home", "orders has no rule 'nonsense'"),
    Wrong("quarantine list --entity orderz --home {tmp}/home", "unknown entity 'orderz'; did you mean 'orders'?"),
    Wrong("quarantine replay --entity orderz --home {tmp}/home", "unknown entity 'orderz'; did you mean 'orders'?"),
    Wrong("quarantine replay --home {tmp}/home", "nothing is quarantined there: nothing to judge again"),
    Wrong("rebuild --from-layer golden", "'golden' is not one of 'bronze', 'silver', 'gold'"),
    Wrong("releases rollback 9 --home {tmp}/home", "no release 9; there are 1 to 1"),
    Wrong("releases rollback last --home {tmp}/home", "'last' is not a valid integer"),
    Wrong("releases diff 1 9 --home {tmp}/home", "no release 9; there are 1 to 1"),
    Wrong("releases diff 0 1 --home {tmp}/home", "no release 0; there are 1 to 1"),
    Wrong("releases diff --home {tmp}/empty", "there is no release yet"),
    Wrong("report --home {tmp}/empty", "there is no release yet"),
    Wrong("replay olist --landing {tmp}/landing", "Missing option '--from'"),
    Wrong("replay olist --from {tmp}/none --landing {tmp}/landing", "--from {tmp}/none: no such folder; expected one"),
    Wrong("replay olist --from {tmp} --landing {tmp}/file/landing", "{tmp}/file/landing: cannot be written into"),
    Wrong(
        "replay olist --from {tmp} --landing {tmp}/landing --start 2018-01-02 --end 2018-01-01",
        "--start 2018-01-02 is after --end 2018-01-01",
    ),
    Wrong("run --env metrics", "no settings for environment 'metrics' in "),
    Wrong("run --date 31/12/2024", "'31/12/2024' is no date; expected one as 2024-12-31"),
    Wrong("run --from 2024-02-02 --to 2024-02-01", "--from 2024-02-02 is after --to 2024-02-01"),
    Wrong("run --from 2024-02-02 --to 2024-02-01 --layers gold", "--from 2024-02-02 is after --to 2024-02-01"),
    Wrong("run --from 2024-02-02", "--from and --to go together"),
    Wrong("run --date 2024-02-02 --to 2024-02-03", "give --date, or --from with --to, not both"),
    Wrong("run --layers brnze,silver", "--layers: unknown layer 'brnze'; did you mean 'bronze'?"),
    Wrong("run --layers ,", "--layers: found none, expected some of bronze, silver, gold, audit, publish"),
    Wrong("run --home {tmp}/file/home", "{tmp}/file/home/lake: cannot be written into: Not a directory"),
    Wrong("status --runs -1", "-1 is not in the range"),
    Wrong("status --runs five", "'five' is not a valid integer range"),
]
CASES = [*_of_every_command(), *OWN]


@pytest.fixture(scope="module")
def tmp(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one release, an empty one, a folder that is none, and a file."""
    folder = tmp_path_factory.mktemp("wrong words")
    for name in ("home", "empty", "other/else"):
        (folder / name).mkdir(parents=True)
    (folder / "file").write_text("not a folder\n")
    day = date(2024, 1, 1)
    made = Release(1, "r1", "run", {"gold.daily_sales": 0}, day, day, datetime(2024, 1, 2, tzinfo=UTC))
    releases.record(Lake(str(folder / "home" / "lake")), made)
    return folder


def _words(wrong: Wrong, tmp: Path) -> list[str]:
    return [word.replace("{tmp}", str(tmp)) for word in wrong.words.split(" ")]


def _ended(words: list[str], monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.setattr(sys, "argv", ["lakehouse", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return ended.value.code


def test_all_commands_are_here() -> None:
    assert set(COMMANDS) == set(NEEDED)


@pytest.mark.parametrize("wrong", CASES, ids=lambda wrong: wrong.words)
def test_a_wrong_word_is_told_once(
    wrong: Wrong, tmp: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp)
    says = wrong.says.replace("{tmp}", str(tmp))
    assert _ended(_words(wrong, tmp), monkeypatch) == 2
    told = capsys.readouterr()
    assert told.err.count("error: ") == 1
    assert says in told.err
    assert "Traceback" not in told.err + told.out
    if wrong.words.partition(" ")[0] not in ("run", "demo"):  # these may say more, of the run
        assert told.out == ""

    words = _words(wrong, tmp)
    assert _ended([*words[:-1], words[-1], "--json"], monkeypatch) == 2
    told = capsys.readouterr()
    found = json.loads(told.out)
    assert found["exit_code"] == 2
    assert says in found["message"]
    assert "hint" in found
    assert told.err == ""


AT_ONCE = """
import json, sys
from spark_app import cli
for words in json.loads(sys.argv[1]):
    sys.argv = ["lakehouse", *words]
    try:
        cli.main()
    except SystemExit as ended:
        assert ended.code == 2, words
    slow = {"pyspark", "great_expectations", "altair"} & set(sys.modules)
    if slow:
        sys.exit(f"{words}: waits for {slow}")
"""


def test_wrong_words_are_told_before_anything_slow_is_imported(tmp: Path) -> None:
    # Contracts' rules, a sample's dataset and what can be written are looked at a little later, still before Spark.
    later = (
        "run --home {tmp}/file/home",
        "--dataset orders --date 2024-01-01 --home {tmp}/file/home",
        "--dataset ordres",
        "--landing {tmp}/file",
        "--rule",
        "quarantine replay --h",
    )
    listed = [_words(wrong, tmp) for wrong in CASES if not any(words in wrong.words for words in later)]
    asked = [sys.executable, "-c", AT_ONCE, json.dumps(listed)]
    done = subprocess.run(
        asked, capture_output=True, text=True, cwd=tmp, env={**os.environ, "PYTHONPATH": str(Path.cwd())}
    )
    assert done.returncode == 0, done.stderr[-2000:]
