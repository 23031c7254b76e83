"""Glue's arguments: ours found among its own, by its own library."""

from __future__ import annotations

import shlex

import pytest

from spark_app.runs import entry
from spark_app.runtime import glue
from spark_app.runtime.errors import UsageError
from tests.aws.templates import FOLDER, template

pytest.importorskip("awsglue", reason="AWS's library awsglue is for Python 3.11 only, as Glue 5.1 is")

# As Glue 5.1 hands them over, each with a value.
OF_GLUE = shlex.split("""--JOB_ID j_1 --JOB_RUN_ID jr_1 --JOB_NAME lakehouse-bronze --TempDir s3://b/tmp
--job-bookmark-option job-bookmark-disable --job-language python --enable-metrics true --datalake-formats delta
--extra-py-files s3://b/lakehouse.zip --additional-python-modules s3://b/requirements.txt
--python-modules-installer-option=-r --enable-spark-ui true --spark-event-logs-path s3://b/logs""")
CONF = ["--conf", "spark.sql.extensions=x --conf spark.sql.catalog.spark_catalog=y"]


def plain(*words: str) -> list[str]:
    argv = [*OF_GLUE, *words, *CONF]
    return glue._plain(glue._resolved(argv, entry.OPTIONS), argv, entry.OPTIONS)


def test_ours_are_found_among_glues() -> None:
    assert plain("--env", "aws", "--date", "2024-02-29") == ["--env", "aws", "--date", "2024-02-29"]
    assert plain("--to=2024-02-29", "--from=2024-02-01") == ["--from", "2024-02-01", "--to", "2024-02-29"]
    assert plain() == []


@pytest.mark.parametrize(
    ("value", "given"), [("true", ["--allow-missing"]), ("True", ["--allow-missing"]), ("false", [])]
)
def test_a_flag_has_a_value(value: str, given: list[str]) -> None:
    assert plain("--allow-missing", value) == given


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--dat", "2024-02-29"], "--dat: neither ours nor a parameter of Glue; did you mean 'date'"),
        (["--too", "2024-02-29"], "--too: neither ours"),
        (["--allow-missing", "perhaps"], "--allow-missing: found 'perhaps', expected true or false"),
        (["--env"], "expected one argument"),
    ],
)
def test_others_are_refused(words: list[str], said: str) -> None:
    argv = [*OF_GLUE, *CONF, *words]
    with pytest.raises(UsageError, match=said):
        glue._plain(glue._resolved(argv, entry.OPTIONS), argv, entry.OPTIONS)


def test_what_glue_may_have_learnt_since_is_told_of(capsys: pytest.CaptureFixture[str]) -> None:
    assert plain("--enable-something-new", "true", "--env", "aws") == ["--env", "aws"]
    assert "note: --enable-something-new: neither ours nor a known" in capsys.readouterr().err


def test_glue_is_told_by_its_jobs_name() -> None:
    assert glue.is_job(OF_GLUE)
    assert glue.is_job(["--env", "aws", "--JOB_NAME=x"])
    assert not glue.is_job(["--env", "JOB_NAME"])


def test_all_of_a_scripts_options_are_known(capsys: pytest.CaptureFixture[str]) -> None:
    """The parser's options are the ones that Glue's library is asked for."""
    with pytest.raises(SystemExit):
        entry.request("bronze", ["--help"])
    shown = {word.strip("[],") for word in capsys.readouterr().out.split() if word.strip("[],").startswith("--")}
    assert shown == {f"--{name}" for name in (*entry.OPTIONS.values, *entry.OPTIONS.flags, "help")}


def test_without_awsglue_it_is_no_glue_job(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "awsglue.utils", None)
    with pytest.raises(UsageError, match="no awsglue library"):
        plain()


def test_the_definitions_say_what_is_known() -> None:
    """No parameter in the template that a job would refuse."""
    known = {f"--{name}" for name in (*glue._OF_GLUE.split(), *entry.OPTIONS.values)}
    loop = template(FOLDER / "glue-jobs.cfn.yaml")["Resources"]["Fn::ForEach::Jobs"]
    used = loop[2]["Job${Word}"]["Properties"]["DefaultArguments"].keys()
    assert used >= {"--env", "--conf"}
    assert used <= known
