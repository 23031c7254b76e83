"""Values come through exactly by Spark's connector too, and its failures name no secret."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pyspark import __version__

from spark_app.runtime.errors import LakehouseError, SettingsError, WarehouseError
from spark_app.runtime.jars import connector_jars
from spark_app.runtime.session import session
from spark_app.runtime.settings import Settings
from spark_app.warehouse.redshift_spark import connector_stager
from tests.stack.redshift_load.test_redshift_load_values import KINDS, odd_rows
from tests.support.redshift import load, rows

pytestmark = pytest.mark.stack


@pytest.fixture(scope="module")
def events(tmp_path_factory):
    """What Spark's UI would show, as its event log: a folder that the session, started after this, writes to."""
    folder, conf = tmp_path_factory.mktemp("events"), tmp_path_factory.mktemp("conf")
    lines = f"spark.eventLog.enabled true\nspark.eventLog.dir {folder.as_uri()}\nspark.eventLog.buffer.kb 1k\n"
    (conf / "spark-defaults.conf").write_text(lines)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_CONF_DIR", str(conf))
        yield folder


@pytest.fixture
def by_connector(warehouse, s3, events):
    """The warehouse, loaded by the connector: $SPARK_REDSHIFT_JAR, or Maven coordinates that resolve."""
    try:
        connector_jars(__version__)
    except LakehouseError as error:
        pytest.skip(f"Spark's Redshift connector is not to be had here, so its loader is not tested: {error.message}")
    own = replace_loader(warehouse.settings)
    settings = Settings.model_validate(
        {"environment": "test", "lake": "s3a://stack/lake", "s3": s3, "redshift": own, "warehouse": "redshift"}
        | {"spark": {"master": "local[1]", "light_compiler": True}}
    )
    return replace(warehouse, settings=own, stager=connector_stager(lambda: session(settings), own, s3))


def replace_loader(settings):
    return settings.model_copy(update={"loader": "connector"})


def test_values_come_through_exactly(by_connector, query, gold):
    gold.add(KINDS)
    odd = odd_rows()
    gold.write(KINDS, odd)
    load(by_connector, gold)
    assert rows(query, KINDS) == gold.rows(KINDS)
    gold.merge(KINDS, [{**odd[2], "words": "'; DROP TABLE x; --"}], gone=[7])
    assert load(by_connector, gold)["shop_kinds"] == ("changes", 1)
    assert rows(query, KINDS) == gold.rows(KINDS)


def test_nothing_stays_behind(by_connector, gold, leftovers):
    load(by_connector, gold)
    assert leftovers() == ([], [])


def test_a_failed_load_names_the_table_and_no_secret(by_connector, gold, redshift):
    for _ in range(4):  # the connector tries again by itself
        redshift.faults.arm("disk-full")
    with pytest.raises(WarehouseError) as failed:
        load(by_connector, gold)
    assert redshift.password not in str(failed.value)
    assert "123456789012" not in str(failed.value)
    redshift.faults.armed.clear()


def test_the_connector_wants_a_role_by_its_arn(by_connector, gold, s3):
    own = by_connector.settings.model_copy(update={"iam_role": "default"})
    with pytest.raises(SettingsError, match="expected the role's ARN"):
        load(replace(by_connector, settings=own, stager=connector_stager(lambda: pytest.fail("no"), own, s3)), gold)


def test_no_secret_in_plans_and_what_sparks_ui_shows(by_connector, gold, redshift, events):
    load(by_connector, gold)
    told = "".join(path.read_text() for path in events.rglob("*") if path.is_file())
    assert "SaveIntoDataSourceCommand" in told  # the load's plan is there to be searched
    assert redshift.password not in told
