"""What is written for Superset, without one: every metric and column as conf/ says it, the same at each writing."""

from __future__ import annotations

import json
import shutil
import uuid
from pathlib import Path

import pytest
import yaml
from superset_assets.bundle import files, write
from superset_assets.dashboards import load_dashboards
from superset_assets.queries import worked_queries

from spark_app.contracts.load import load_contracts
from spark_app.contracts.metrics import load_metrics
from spark_app.contracts.views import load_views
from spark_app.runtime.errors import ContractError
from spark_app.runtime.settings import conf_dir

URI = "duckdb:////data/warehouse.duckdb?access_mode=read_only"
VIEWS = {view.name: view for view in load_views(load_contracts())}
METRICS = load_metrics(VIEWS.values())


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    return files(URI)


def parsed(made: dict[str, str], kind: str) -> list[dict]:
    return [yaml.safe_load(text) for path, text in made.items() if path.startswith(f"{kind}/")]


def test_every_view_is_a_dataset_with_its_columns_described(made):
    datasets = {one["table_name"]: one for one in parsed(made, "datasets")}
    assert sorted(datasets) == sorted(VIEWS)
    for name, view in VIEWS.items():
        found = [(column["column_name"], column["description"]) for column in datasets[name]["columns"]]
        assert found == [(column.name, column.description) for column in view.columns]
        assert all(column["type"] for column in datasets[name]["columns"])


def test_every_metric_is_defined_once_and_as_the_metrics_file_says(made):
    found = [
        (one["table_name"], metric["metric_name"], metric["expression"], metric["description"], metric["verbose_name"])
        for one in parsed(made, "datasets")
        for metric in one["metrics"]
    ]
    assert sorted(found) == sorted((m.view, m.name, m.sql, m.description, m.title) for m in METRICS.by_name.values())


def test_charts_use_metrics_by_name_and_write_no_sql(made):
    for chart in parsed(made, "charts"):
        used = chart["params"].get("metrics") or [chart["params"]["metric"]]
        assert all(name in METRICS for name in used)
        assert "expression" not in json.dumps(chart["params"]).replace('"expressionType": "SIMPLE"', "")


def test_money_is_shown_with_its_currency_and_shares_as_percent(made):
    metrics = {metric["metric_name"]: metric for one in parsed(made, "datasets") for metric in one["metrics"]}
    assert metrics["revenue"]["d3format"] == ",.2f"
    assert metrics["revenue"]["currency"] == {"symbol": "USD", "symbolPosition": "prefix"}
    assert metrics["late_rate"]["d3format"] == ".1%"
    assert "currency" not in metrics["late_rate"]


def test_ids_are_unique_and_stay(made):
    ids = [yaml.safe_load(text)["uuid"] for path, text in made.items() if path != "metadata.yaml"]
    assert len(set(ids)) == len(ids)
    assert all(uuid.UUID(one).version == 5 for one in ids)
    assert files(URI) == made


def test_the_same_assets_are_the_same_file(made, tmp_path):
    for name in ("one.zip", "two.zip"):
        write(made, tmp_path / name)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_a_filter_leaves_out_the_charts_that_lack_its_column(made):
    customers = next(one for one in parsed(made, "dashboards") if one["slug"] == "customers")
    places = {part["meta"]["chartId"]: part["meta"]["sliceName"] for part in customers["position"].values()
              if isinstance(part, dict) and part["type"] == "CHART"}  # fmt: skip
    filters = {one["name"]: one for one in customers["metadata"]["native_filter_configuration"]}
    without = [places[number] for number in filters["Place"]["scope"]["excluded"]]
    assert without == [
        "Net sales per customer",
        "Customers who came back by month",
        "Revenue per customer so far by first month",
    ]
    assert filters["Days"]["scope"]["excluded"] == []


def test_no_chart_adds_up_states_of_one_name_in_two_countries(made):
    for chart in parsed(made, "charts"):
        params = chart["params"]
        cut = {params.get("x_axis"), *params.get("groupby", [])}
        for state in (column for column in cut if column and column.endswith("state")):
            assert state.replace("state", "country") in cut, chart["slice_name"]
    filters = [name for one in load_dashboards(METRICS, VIEWS) for name in one.filters]
    assert not [name for name in filters if name.endswith("state")]


def test_a_share_is_not_compared_by_a_share_of_itself(made):
    last_day = [one for one in parsed(made, "charts") if one["slice_name"].endswith(", last day")]
    compared = {one["slice_name"]: "compare_lag" in one["params"] for one in last_day}
    assert compared["Revenue, last day"]
    assert not compared["Cancellation rate, last day"]


def test_a_password_is_never_in_the_assets(made):
    uri = "redshift+redshift_connector://analyst@host:5439/dev"
    database = yaml.safe_load(files(uri, {"ssl": False})["databases/warehouse.yaml"])
    assert database["sqlalchemy_uri"] == "redshift+redshift_connector://analyst:XXXXXXXXXX@host:5439/dev"
    assert database["extra"]["engine_params"] == {"connect_args": {"ssl": False}}
    assert not any(database[may] for may in ("allow_dml", "allow_ctas", "allow_cvas", "allow_csv_upload"))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("metric: items}", "metric: itms}", "unknown metric 'itms'; did you mean 'items'?"),
        ("by: weekday", "by: weekdy", "unknown column of sales_daily 'weekdy'; did you mean 'weekday'?"),
        ("metrics: [items_amount, freight_amount]", "metrics: [items_amount, payments]", "metrics of one view"),
        ("title: Goods and freight, ", "", "needs a title"),
        ("width: 8", "width: 9", "found widths that add up to 13, expected 12"),
        ("chart: line", "chart: lin", "input should be"),
        ("title: Sales", "titel: Sales", "unknown key 'titel'; did you mean 'title'?"),
    ],
)
def test_a_wrong_word_is_named_with_its_line(tmp_path: Path, old: str, new: str, said: str):
    shutil.copy(conf_dir() / "superset" / "sales.yaml", tmp_path)
    path = tmp_path / "sales.yaml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(ContractError, match=r"sales\.yaml:\d+: ") as raised:
        load_dashboards(METRICS, VIEWS, tmp_path)
    assert said in str(raised.value)


def test_the_guides_queries_are_saved_ones(made):
    queries = worked_queries()
    assert len(queries) >= 20
    assert [one["sql"] for one in parsed(made, "queries")] == [query.sql for query in queries]
    assert all(query.sql.lstrip().startswith(("SELECT", "WITH")) for query in queries)
