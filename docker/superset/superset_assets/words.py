"""The guide's table of figures, from conf/metrics.yaml: `python -m superset_assets.words` writes it anew."""

from __future__ import annotations

from pathlib import Path

from spark_app.contracts.load import load_contracts
from spark_app.contracts.metrics import load_metrics
from spark_app.contracts.views import load_views
from superset_assets.queries import GUIDE

PAGE = GUIDE / "words.md"
_MARK = "<!-- figures -->\n"


def with_figures(text: str) -> str:
    """The page with every metric after its mark."""
    metrics = load_metrics(load_views(load_contracts()))
    rows = [
        f"| {metric.title} | {metric.description} | `{metric.name}` of `{metric.view}` |"
        for metric in metrics.by_name.values()
    ]
    head = ["| figure | what it is | in Superset |", "|---|---|---|"]
    return text.split(_MARK)[0] + _MARK + "\n".join([*head, *rows]) + "\n"


def main(page: Path = PAGE) -> None:
    """Write the table anew."""
    page.write_text(with_figures(page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
