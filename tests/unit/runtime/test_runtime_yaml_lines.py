"""YAML that remembers its lines, read by libyaml: the same values and places as by Python's own reader."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from spark_app.runtime import yaml_lines
from spark_app.runtime.errors import SettingsError
from spark_app.runtime.settings import conf_dir
from spark_app.runtime.yaml_lines import Document

FILES = sorted(conf_dir().rglob("*.yaml"))


@pytest.fixture(params=["libyaml", "python"])
def reader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "python":
        monkeypatch.delattr(yaml, "CSafeLoader")


def places(document: Document) -> list[str]:
    """Where each key and item of the document stands."""
    found: list[str] = []

    def walk(value: object, where: tuple[str | int, ...]) -> None:
        found.append(document.place(where, 0))
        inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for key, item in inner:
            walk(item, (*where, key))

    walk(document.data, ())
    return found


def test_both_readers_agree_of_every_file_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = [Document(path, SettingsError) for path in FILES]
    monkeypatch.delattr(yaml, "CSafeLoader")
    slow = [Document(path, SettingsError) for path in FILES]
    assert (
        [one.data for one in quick]
        == [one.data for one in slow]
        == [yaml.safe_load(path.read_text()) for path in FILES]
    )
    assert [places(one) for one in quick] == [places(one) for one in slow]


@pytest.mark.usefixtures("reader")
def test_a_place_behind_letters_of_any_script(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text('first: "é中😀"\nlist:\n  - {注文番号: wrong}\n', encoding="utf-8")
    document = Document(path, SettingsError)
    assert document.data == {"first": "é中😀", "list": [{"注文番号": "wrong"}]}
    assert document.place(("list", 0, "注文番号"), 2) == "3:14"


@pytest.mark.usefixtures("reader")
def test_what_is_no_yaml_is_told_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("first: 1\nsecond: [1, 2\nthird: 3\n")
    shown = r"not readable as YAML: .*expected ',' or '\]'.* line 3, column 6: third: 3"
    with pytest.raises(SettingsError, match=shown):
        Document(path, SettingsError)


@pytest.mark.usefixtures("reader")
@pytest.mark.parametrize("text", ["", "# nothing\n", "- a\n"])
def test_what_is_no_mapping_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(text)
    with pytest.raises(SettingsError, match="expected a mapping of keys at the top"):
        Document(path, SettingsError)


def test_a_run_has_the_quick_one() -> None:
    assert hasattr(yaml_lines.yaml, "CSafeLoader"), "the wheel of PyYAML brings libyaml along"
