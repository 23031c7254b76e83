"""Which columns of an entity a column of the shop's files feeds."""

from __future__ import annotations

import pytest

from spark_app.contracts.feeds import columns_fed, required_columns_fed
from spark_app.contracts.load import load_contracts
from spark_app.contracts.sources import load_source

CONTRACTS = load_contracts()
KIOSK = load_source("kiosk", CONTRACTS)


@pytest.mark.parametrize(
    ("entity", "header", "fed"),
    [
        ("orders", "Order No", ("order_id",)),
        ("orders", "State", ("status",)),
        ("orders", "Ordered On", ("purchased_at", "updated_at")),  # taken over, and spoken of by an expression
        ("payments", "State", ("status",)),  # by an expression alone
        ("payments", "Cancelled", ()),  # a text in that expression, no column
        ("products", "Order No", ()),
    ],
)
def test_a_column_feeds_what_is_made_of_it(entity: str, header: str, fed: tuple[str, ...]) -> None:
    assert columns_fed(KIOSK, KIOSK.entities[entity][0], header) == fed


@pytest.mark.parametrize(
    ("entity", "header", "needing"),
    [
        ("orders", "Order No", ("order_id",)),
        ("orders", "Sent On", ()),  # an order need not be sent
        ("order_items", "Shipping", ()),
    ],
)
def test_only_what_is_required_needs_it(entity: str, header: str, needing: tuple[str, ...]) -> None:
    assert required_columns_fed(KIOSK, CONTRACTS[f"silver.{entity}"], "order_lines", header) == needing
