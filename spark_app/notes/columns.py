"""What people are told of columns that went or came in the shop's files, and what an entity cannot do without."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date

from spark_app.contracts.feeds import columns_fed
from spark_app.contracts.mapping import Source
from spark_app.lake.columns import ColumnChange, find_changes, quoted, read_headers
from spark_app.runs.context import Context


def tell_columns(context: Context, days: Mapping[str, Collection[date]]) -> None:
    """What changed on these days of these datasets: a notice where columns went, else a warning; once a run.

    Bronze says it as it takes the days in; the audit again of what is not released, should that run have been killed.
    """
    if not any(days.values()):
        return
    optional = {name: item.optional for name, item in context.datasets.items()}
    changes = find_changes(read_headers(context.lake), days)
    found = [told for change in changes if (told := _wanted(change, optional)) is not None]
    for change in found:
        if (change.gone or change.first) and change.text not in context.record.warnings:
            context.record.notice(change.cause, [change.text, *_empty_now(context.source, change)])
    for dataset in days:
        came = [change for change in found if change.dataset == dataset and not (change.gone or change.first)]
        if came:
            context.record.warn(came[0].text if len(came) == 1 else _all_new(dataset, came))


def _wanted(change: ColumnChange, optional: Mapping[str, Collection[str]]) -> ColumnChange | None:
    """The change without columns that a shop may never have had; None where nothing is left of it."""
    if not change.first:
        return change
    gone = tuple(name for name in change.gone if name not in optional.get(change.dataset, ()))
    return replace(change, gone=gone) if gone or change.came else None


def _all_new(dataset: str, came: Sequence[ColumnChange]) -> str:
    """Of a range, one line a dataset."""
    listed = [f"{quoted(change.came)} ({change.day})" for change in came]
    return f"{dataset}: new columns came, which the source does not know: {', '.join(listed)}"


def _empty_now(source: Source, change: ColumnChange) -> list[str]:
    fed = [
        f"{entity}.{name}"
        for entity, parts in source.entities.items()
        for part in parts
        if part.dataset == change.dataset
        for header in change.gone
        for name in columns_fed(source, part, header)
        if part.columns[name].default is None
    ]
    fed = list(dict.fromkeys(fed))
    return [f"without a value in these rows, unless the source is told the new name: {', '.join(fed)}"] if fed else []
