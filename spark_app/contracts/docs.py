"""`docs/tables.md` out of the contracts: `python -m spark_app.contracts.docs` writes it, and `docs/metrics.md`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from spark_app.contracts import metric_docs
from spark_app.contracts.bounds import NONE_BROKEN
from spark_app.contracts.load import CONTRACT_LAYERS, load_contracts
from spark_app.contracts.metrics import load_metrics
from spark_app.contracts.table import Column, Contract, Rule, Watch
from spark_app.contracts.views import load_views

PATH = Path(__file__).resolve().parents[2] / "docs" / "tables.md"
_INTRODUCTION = """# Tables

Written by `python -m spark_app.contracts.docs` out of `conf/contracts`; change it there.

A rule of severity *error* quarantines the rows that break it (silver) or withholds the release (gold); a
*warning* is counted and reported. Beside the rules listed, every column is held to its type, every
required one to be present and every key to be unique. What is *watched* is held against its own past
([quality.md](quality.md#anomalies)).
"""
_ABOUT_LAYER = {
    "silver": "The shop's data, typed and checked, one row a key.",
    "gold": "What analysts read, in the lake and in the warehouse.",
}


def table_docs(contracts: Mapping[str, Contract]) -> str:
    """Markdown of all tables: purpose, grain, key, columns with type and definition, rules, serving hints."""
    parts = [_INTRODUCTION]
    for layer in CONTRACT_LAYERS:
        of_layer = [contract for contract in contracts.values() if contract.layer == layer]
        names = ", ".join(f"[{c.name}](#{layer}{c.name})" for c in of_layer)
        parts.append(f"## {layer.capitalize()}\n\n{_ABOUT_LAYER[layer]} {names}.\n")
        parts += [_table(contract) for contract in of_layer]
    return "\n".join(parts)


def _table(contract: Contract) -> str:
    # A heading's anchor on GitHub is its text without the dot.
    parts = [
        f"### {contract.qualified}\n",
        f"{contract.purpose}{' A drop is expected every day.' if contract.daily else ''}\n",
        f"- Grain: {contract.grain}",
        f"- Key: {', '.join(f'`{name}`' for name in contract.key)}",
        *[f"- Served with {_serving(contract, name)}: {reason}" for name, reason in contract.serving.reasons],
        "",
        _grid(("column", "type", "", "definition"), [_column_row(contract, c) for c in contract.columns]),
    ]
    spelled = [rule for rule in contract.rules if not _implied(rule, contract)]
    if spelled:
        parts.append(_grid(("rule", "expected", "dimension", "severity", "borne"), map(_rule_row, spelled)))
    if contract.watches:
        parts.append(_grid(("watched", "figure", "by", "dimension", "severity"), map(_watch_row, contract.watches)))
    return "\n".join(parts)


def _watch_row(watch: Watch) -> tuple[str, ...]:
    figure = f"{watch.measure} of `{watch.column}`" if watch.column else watch.measure
    by = ", ".join(f"`{column}`" for column, _ in watch.by)
    return watch.name, figure, by, watch.dimension, watch.severity


def _serving(contract: Contract, name: str) -> str:
    serving = contract.serving
    value = {
        "distStyle": serving.dist_style,
        "distKey": serving.dist_key or "",
        "sortKey": ", ".join(serving.sort_key),
        "plainParquet": str(serving.plain_parquet).lower(),
    }[name]
    return f"{name} `{value}`"


def _column_row(contract: Contract, column: Column) -> tuple[str, ...]:
    marks = ["key" if column.name in contract.key else "required" if column.required else ""]
    marks += [column.classification or ""]
    marks += [f"→ {r.table}.{r.to[0]}" for r in contract.references if column.name in r.columns]
    return f"`{column.name}`", column.type.spark, ", ".join(filter(None, marks)), column.description


def _rule_row(rule: Rule) -> tuple[str, ...]:
    bound = rule.threshold.text if rule.threshold else ""
    return (
        rule.name,
        _expected(rule),
        rule.dimension,
        rule.severity,
        "none" if rule.threshold == NONE_BROKEN else bound,
    )


def _expected(rule: Rule) -> str:
    if rule.kind == "unique":
        return f"{rule.expected}: {', '.join(f'`{name}`' for name in rule.columns)}"
    if not rule.passes or rule.expected.startswith("one of "):
        return rule.expected
    return f"`{rule.passes}`" if rule.passes == rule.expected else f"{rule.expected}: `{rule.passes}`"


def _implied(rule: Rule, contract: Contract) -> bool:
    return rule.kind in ("type", "required") or (rule.kind == "unique" and rule.columns == contract.key)


def _grid(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"


def main() -> None:
    """Write `docs/tables.md` and `docs/metrics.md`."""
    contracts = load_contracts()
    views = load_views(contracts)
    PATH.parent.mkdir(exist_ok=True)
    PATH.write_text(table_docs(contracts), encoding="utf-8")
    metric_docs.PATH.write_text(metric_docs.metric_docs(load_metrics(views), views), encoding="utf-8")


if __name__ == "__main__":
    main()
