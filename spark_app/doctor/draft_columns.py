"""How a column of ours is filled from a file: by name, as a time, a number or a word of the shop's."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from spark_app.doctor.draft import Draft, as_scalar
from spark_app.doctor.draft_rows import pays
from spark_app.doctor.header_names import without_accents
from spark_app.doctor.kinds import Times, numbers, times
from spark_app.doctor.sample import distinct


def add_column(draft: Draft, column: str, role: str, why: str = "") -> None:
    """A column that is taken as it stands."""
    match = draft.found[role]
    draft.add(f"      {column}: {as_scalar(match.header)}", why or match.why)


def add_number_in_order(draft: Draft, column: str, why: str) -> None:
    """The row's number among those of its order."""
    draft.add(f"      {column}: {{number_by: [{as_scalar(draft.header('order_id'))}]}}", why)


def add_customer_of_order(draft: Draft) -> None:
    """Who ordered; guests are unknown."""
    if not draft.has("customer_id"):
        draft.add("      customer_id: {default: unknown}", "no column says who ordered")
        draft.questions.append("orders.customer_id: nobody is known")
        return
    values = draft.sample.column(draft.header("customer_id"))
    blank = sum(not value for value in values)
    header = as_scalar(draft.header("customer_id"))
    if blank:
        draft.add(f"      customer_id: {{column: {header}, default: unknown}}", f"{blank} rows have none: guests")
    else:
        add_column(draft, "customer_id", "customer_id")


def add_time(draft: Draft, column: str, role: str) -> None:
    """A time, with the formats that read every value of the sample."""
    header = draft.header(role)
    values = [value for value in draft.sample.column(header) if value]
    why = draft.found[role].why
    if not values and draft.has("purchased_at"):
        values, why = draft.sample.column(draft.header("purchased_at")), f"{why}: as {draft.header('purchased_at')}"
    found = _as_the_order(draft, times(values))
    if draft.has("clock") and role == "purchased_at" and not any(":" in one for one in draft.sample.column(header)):
        _day_and_clock(draft, column, header)
        return
    if found is None or not found.formats:
        draft.add(f"      {column}: {as_scalar(header)}", f"{why}; ISO 8601" if found else why)
        return
    draft.add(f"      {column}: {{column: {as_scalar(header)}, formats: {json.dumps(list(found.formats))}}}", why)
    _doubt(draft, header, found.doubt, found.formats)
    if found.unread:
        draft.questions.append(f"{header}: what are {', '.join(found.unread)}? No format of the others reads them")


def _as_the_order(draft: Draft, found: Times | None) -> Times | None:
    """Of several ways to write times in a file, a column with few may show one: all are taken."""
    if found is None or not found.formats or not draft.has("purchased_at"):
        return found
    placed = times([value for value in draft.sample.column(draft.header("purchased_at")) if value])
    several = placed is not None and set(found.formats) < set(placed.formats)
    return replace(found, formats=placed.formats) if placed is not None and several else found


def _day_and_clock(draft: Draft, column: str, header: str) -> None:
    clock = draft.header("clock")
    both = zip(draft.sample.column(header), draft.sample.column(clock), strict=True)
    found = times([f"{day} {time}" for day, time in both if day and time])
    zone = f", ' ', {draft.names[draft.header('zone')]}" if draft.has("zone") else ""
    text = f"concat({draft.names[header]}, ' ', {draft.names[clock]}{zone})"
    read = [f"{one} z" if zone else one for one in found.formats] if found is not None else []
    formats = f", formats: {json.dumps(read)}" if read else ""
    why = f"{header} is a day, {clock} its time" + (f", {draft.header('zone')} its zone" if zone else "")
    draft.add(f'      {column}: {{expression: "{text}"{formats}}}', why)
    if found is not None:
        _doubt(draft, header, found.doubt, found.formats)


def _doubt(draft: Draft, header: str, other: str | None, formats: Sequence[str]) -> None:
    if other:
        draft.questions.append(f"{header}: {formats[0]} or {other}? Both read every value of the sample")


def add_time_of_change(draft: Draft) -> None:
    """The time of change; where it is blank or missing, the order's."""
    if not draft.has("updated_at") and draft.has("purchased_at"):
        add_time(draft, "updated_at", "purchased_at")
        return
    if not draft.has("updated_at"):
        draft.add(
            '      updated_at: {expression: "cast(_batch_date as string)"}', "no column says when: the drop's day"
        )
        draft.questions.append("no column says when rows are of; the day of the drop is taken")
        return
    changed = draft.header("updated_at")
    values = draft.sample.column(changed)
    if all(values) or not draft.has("purchased_at"):
        add_time(draft, "updated_at", "updated_at")
        return
    placed = draft.header("purchased_at")
    text = f"coalesce(nullif({draft.names[changed]}, ''), {draft.names[placed]})"
    both = [value for value in (*values, *draft.sample.column(placed)) if value]
    found = times(both)
    formats = f", formats: {json.dumps(list(found.formats))}" if found is not None and found.formats else ""
    why = f"{sum(not value for value in values)} rows have no {changed}: the order's time"
    draft.add(f'      updated_at: {{expression: "{text}"{formats}}}', why)


def add_number(draft: Draft, column: str, role: str, *, absolute: bool = False) -> None:
    """A number, with what its text needs; `absolute` where what is given back is written below zero."""
    header = draft.header(role)
    values = draft.sample.column(header)
    found = numbers(values)
    if found is None:
        draft.add(f"      {column}: {as_scalar(header)}", draft.found[role].why)
        return
    if found.symbols and not found.thousands:  # as such amounts are written where they are large
        found = replace(found, thousands="," if found.decimal == "." else ".")
    given = [f"decimal: {json.dumps(found.decimal)}"]
    given += [f"thousands: {json.dumps(found.thousands)}"] if found.thousands else []
    given += [f"symbols: {json.dumps(found.symbols, ensure_ascii=False)}"] if found.symbols else []
    form = "" if found.plain else f", number: {{{', '.join(given)}}}"
    negative = absolute and any(value.startswith("-") for value in values)
    name = draft.names[header]
    what = f"expression: \"replace({name}, '-', '')\"" if negative else f"column: {as_scalar(header)}"
    if form or negative:
        draft.add(f"      {column}: {{{what}{form}}}", draft.found[role].why)
    else:
        draft.add(f"      {column}: {as_scalar(header)}", draft.found[role].why)
    if found.doubt:
        draft.questions.append(f"{header}: is {next(value for value in values if value)} a thousand or a fraction?")


def _is_of(word: str, said: Sequence[str], theirs: Sequence[str]) -> bool:
    """Whether one of the words is said; of scripts that part no words, stands within."""
    return any(one in said if one.isascii() else one in word for one in theirs)


def add_words(draft: Draft, column: str, role: str, ours: Mapping[str, Sequence[str]], table: str, blank: str) -> None:
    """A word of the shop's as one of ours (`ours`: ours → theirs), of those that the contract of `table` allows."""
    header = draft.header(role)
    values = [value for value in draft.sample.column(header) if role != "kind" or pays(value)]
    known = draft.contracts[table].words(column)
    codes, strange = {}, []
    for word in distinct(values):
        if word.lower() in known:
            continue
        said = re.split(r"[^a-z]+", without_accents(word.lower()))
        if word.lower() == "partially_refunded":
            draft.questions.append(f"{header}: how much of a partially_refunded payment went back is not in {column}")
            said = ["paid"]
        mine = next((mine for mine, theirs in ours.items() if _is_of(word, said, theirs)), None)
        if mine is None or mine not in known:
            strange.append(word)
        else:
            codes[word] = mine
    parts = [f"column: {as_scalar(header)}"]
    if codes:
        parts.append(f"codes: {{{', '.join(f'{as_scalar(word)}: {mine}' for word, mine in codes.items())}}}")
    if any(not value for value in values) and blank in known:
        parts.append(f"default: {blank}")
    given = as_scalar(header) if len(parts) == 1 else f"{{{', '.join(parts)}}}"
    draft.add(f"      {column}: {given}", draft.found[role].why)
    if strange:
        draft.questions.append(f"{header}: what do {', '.join(strange)} mean? Of {', '.join(known)}")
