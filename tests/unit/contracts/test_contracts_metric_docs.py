"""The written page of the metrics."""

from __future__ import annotations

from spark_app.contracts import metric_docs
from spark_app.contracts.load import load_contracts
from spark_app.contracts.metrics import load_metrics
from spark_app.contracts.views import load_views

CONTRACTS = load_contracts()
VIEWS = load_views(CONTRACTS)
METRICS = load_metrics(VIEWS)


def test_the_written_page_is_current():
    assert metric_docs.PATH.read_text(encoding="utf-8") == metric_docs.metric_docs(METRICS, VIEWS), (
        "write it anew: python -m spark_app.contracts.docs"
    )
