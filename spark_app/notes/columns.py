"""What people are told of columns that went or came in the shop's files, and what an entity cannot do without."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from spark_app.contracts.feeds import columns_fed
from spark_app.contracts.sources import Source
from spark_app.lake.columns import ColumnChange, find_changes, quoted, read_headers
from spark_app.runs.context import Context


def tell_columns(context: Context, days: Mapping[str, Collection[date]]) -> None:
    """What changed on these days of these datasets: a notice where columns went, else a warning; once a run.

    Bronze says it as it takes the days in; the audit again of what is not released, should that run have been killed.
    """
    if not any(days.values()):
        return
    found = find_changes(read_headers(context.lake), days)
    for change in found:
        if (change.gone or change.first) and change.text not in context.record.warnings:
            context.record.notice(change.cause, [change.text, *_empty_now(context.source, change)])
    for dataset in days:
        came = [change for change in found if change.dataset == dataset and not (change.gone or change.first)]
        if came:
            context.record.warn(came[0].text if len(came) == 1 else _all_new(dataset, came))


def _all_new(dataset: str, came: Sequence[ColumnChange]) -> str:
    """Of a range, one line a dataset."""
    listed = [f"{quoted(change.came)} ({change.day})" for change in came]
    return f"{dataset}: new columns came, which the source does not know: {', '.join(listed)}"


def _empty_now(source: Source, change: ColumnChange) -> list[str]:
    fed = [
        f"{entity}.{name}"
        for entity, mapped in source.entities.items()
        if mapped.dataset == change.dataset
        for header in change.gone
        for name in columns_fed(source, entity, header)
        if mapped.columns[name].default is None
    ]
    return [f"without a value in these rows, unless the source is told the new name: {', '.join(fed)}"] if fed else []
