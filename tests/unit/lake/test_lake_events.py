"""Events of topics as lines of landing files: events in, files out."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from spark_app.lake.events import Event, files_of, line_of

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
DATASETS = {"shop.orders": "orders", "shop.payments": "payments"}


def event(offset: int, value: object, topic: str = "shop.orders", partition: int = 0, at: datetime = NOON) -> Event:
    raw = value if isinstance(value, bytes) or value is None else json.dumps(value).encode()
    return Event(topic, partition, offset, at, raw)


def row(event: Event) -> dict[str, object]:
    found: dict[str, object] = json.loads(line_of(event))
    return found


def test_files_are_named_by_topic_partition_and_offsets() -> None:
    events = [event(7, {"id": 7}), event(3, {"id": 3}), event(4, {"id": 4}, partition=1), event(9, {}, "shop.payments")]
    assert [(file.name, len(file.lines)) for file in files_of(events, DATASETS, "UTC")] == [
        ("orders/dt=2026-11-29/shop.orders.0.3-7.jsonl", 2),
        ("orders/dt=2026-11-29/shop.orders.1.4-4.jsonl", 1),
        ("payments/dt=2026-11-29/shop.payments.0.9-9.jsonl", 1),
    ]


def test_the_same_events_in_any_order_are_the_same_files() -> None:
    events = [event(n, {"id": n}, at=NOON + timedelta(hours=n)) for n in range(20)]
    assert files_of(events, DATASETS, "UTC") == files_of(reversed(events), DATASETS, "UTC")


def test_a_day_is_the_brokers_in_the_zone_of_drops() -> None:
    late = event(1, {"id": 1}, at=NOON + timedelta(hours=11, minutes=30))
    assert [file.name[:20] for file in files_of([late], DATASETS, "UTC")] == ["orders/dt=2026-11-29"]
    assert [file.name[:20] for file in files_of([late], DATASETS, "Europe/Berlin")] == ["orders/dt=2026-11-30"]


def test_a_line_says_where_it_came_from_and_keeps_numbers_as_written() -> None:
    found = row(event(7, b'{"order_id": "O1",\n "amount": 10.50, "big": 12345678901234567890, "paid": true}'))
    assert found == {
        "order_id": "O1",
        "amount": "10.50",
        "big": "12345678901234567890",
        "paid": True,
        "_kafka": "shop.orders/0/7",
    }


@pytest.mark.parametrize("value", [b"{broken", b"[1, 2]", b"7", b"", b"\xff\xfe{}", b"[" * 100_000])
def test_what_is_no_object_is_a_line_that_is_no_row_and_says_where_it_came_from(value: bytes) -> None:
    line = line_of(event(7, value))
    assert line.startswith("shop.orders/0/7: ")
    assert "\n" not in line
    assert [file.bad for file in files_of([event(7, value), event(8, {})], DATASETS, "UTC")] == [1]


@pytest.mark.parametrize("wrapped", [False, True])
def test_debeziums_envelope_is_understood(wrapped: bool) -> None:
    def envelope(**payload: object) -> object:
        return {"schema": {"type": "struct"}, "payload": payload} if wrapped else payload

    made = row(event(1, envelope(op="u", before={"id": "O1", "s": "a"}, after={"id": "O1", "s": "b"}, ts_ms=5)))
    assert (made["id"], made["s"], made["__op"], made["__deleted"]) == ("O1", "b", "u", "false")
    gone = row(event(2, envelope(op="d", before={"id": "O1", "s": "b"}, after=None)))
    assert (gone["id"], gone["s"], gone["__op"], gone["__deleted"]) == ("O1", "b", "d", "true")
    assert line_of(event(3, envelope(op="d", before=None, after=None))).startswith("shop.orders/0/3: ")


def test_a_row_with_a_column_called_op_is_no_envelope() -> None:
    assert row(event(1, {"op": "x", "id": "O1"}))["op"] == "x"


def test_a_key_that_is_gone_carries_no_row() -> None:
    assert files_of([event(1, None)], DATASETS, "UTC") == []
