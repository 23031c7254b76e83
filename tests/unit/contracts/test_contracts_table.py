"""The contracts as shipped: the columns the design names, rules that say what definitions imply."""

from __future__ import annotations

import re

import pytest

from spark_app.contracts.load import load_contracts
from spark_app.contracts.rules import META
from spark_app.contracts.table import DIMENSIONS

DESIGN = {
    "fact_orders": "order_id customer_key customer_id order_status purchased_at order_date approved_at shipped_at "
    "delivered_at estimated_delivery_at item_count units channel store_id currency exchange_rate "
    "items_amount discount_amount freight_amount tax_amount order_amount order_amount_original "
    "returned_amount cost_amount paid_amount refunded_amount payment_status is_first_order "
    "delivery_days is_late review_score is_incomplete",
    "fact_order_items": "order_id item_number product_key product_id customer_key seller_id order_status order_date "
    "quantity unit_price freight_amount item_amount discount_amount tax_amount net_amount "
    "cost_amount",
    "fact_payments": "order_id payment_sequence customer_key order_date paid_at payment_method payment_status "
    "installments amount",
    "dim_customers": "customer_key customer_id email_hash gender birth_year postal_code city state country valid_from "
    "valid_to is_current",
    "dim_products": "product_key product_id name category brand unit_cost list_price weight_g volume_cm3 valid_from "
    "valid_to is_current",
    "dim_dates": "date_key date year quarter month week weekday is_weekend",
    "daily_sales": "order_date orders canceled_orders customers new_customers returning_customers items units "
    "items_amount freight_amount revenue average_order_value late_deliveries gross_sales discounts "
    "returns net_sales shipping taxes total_sales cost_of_goods gross_margin cost_coverage "
    "incomplete_orders",
    "daily_payments": "order_date payment_method payment_status payments amount",
    "daily_customers": "order_date country state gender age_band orders customers new_customers revenue",
    "daily_products": "order_date category orders items units revenue net_sales gross_margin average_review_score",
    "customer_cohorts": "cohort_month months_since customers orders revenue",
    "landed_days": "order_date is_landed lacking is_complete",  # not of the design: docs/architecture.md says why
    "fact_refunds": "refund_id refund_line order_id item_number customer_key product_key order_date refund_date "
    "quantity amount shipping_amount tax_amount cost_amount reason",
    "daily_channels": "order_date channel store_id orders customers units gross_sales discounts returns net_sales",
    # Nor this: what a day that is not over is held against.
    "hourly_sales": "order_date order_hour orders canceled_orders gross_sales discounts revenue",
}
KEYS = {
    "fact_orders": "order_id",
    "fact_order_items": "order_id item_number",
    "fact_payments": "order_id payment_sequence",
    "dim_customers": "customer_key",
    "dim_products": "product_key",
    "dim_dates": "date_key",
    "daily_sales": "order_date",
    "daily_payments": "order_date payment_method payment_status",
    "daily_customers": "order_date country state gender age_band",
    "daily_products": "order_date category",
    "customer_cohorts": "cohort_month months_since",
    "fact_refunds": "refund_id refund_line",
    "daily_channels": "order_date channel store_id",
    "landed_days": "order_date",
    "hourly_sales": "order_date order_hour",
}
CONTRACTS = load_contracts()
GOLD = {contract.name: contract for contract in CONTRACTS.values() if contract.layer == "gold"}


def test_tables_are_those_of_the_design():
    assert sorted(GOLD) == sorted(DESIGN)
    assert sorted(c.name for c in CONTRACTS.values() if c.layer == "silver") == [
        "customers",
        "exchange_rates",
        "order_items",
        "orders",
        "payments",
        "products",
        "refunds",
        "reviews",
    ]


@pytest.mark.parametrize("name", sorted(DESIGN))
def test_columns_and_key_are_those_of_the_design(name):
    assert " ".join(GOLD[name].column_names) == DESIGN[name]
    assert " ".join(GOLD[name].key) == KEYS[name]


def test_every_column_is_described():
    assert [(c.qualified, x.name) for c in CONTRACTS.values() for x in c.columns if not x.description] == []


def test_amounts_and_keys_have_their_types():
    types = {(c.name, x.name): x.type.spark for c in GOLD.values() for x in c.columns}
    amounts = {
        kind
        for (_, name), kind in types.items()
        if name.endswith(("amount", "cost", "price", "order_value")) or name == "revenue"
    }
    keys = {kind for (_, name), kind in types.items() if name in ("customer_key", "product_key")}
    ids = {kind for (_, name), kind in types.items() if name.endswith("_id")}
    times = {kind for (_, name), kind in types.items() if name.endswith("_at") or name.startswith("valid_")}
    assert (amounts, keys, ids, times) == ({"decimal(18,2)", "decimal(18,4)"}, {"bigint"}, {"string"}, {"timestamp"})
    assert types["dim_dates", "date_key"] == "int"
    assert types["customer_cohorts", "cohort_month"] == "date"


def test_what_may_be_missing():
    """What came later to a table is empty in releases of before, to which readers may be brought back."""

    def may_be_missing(name, *later):
        return {column.name for column in GOLD[name].columns if not column.required} - set(later)

    lines = ("discount_amount", "tax_amount", "net_amount", "cost_amount")
    assert may_be_missing("fact_order_items", *lines) == {"seller_id", "order_status", "order_date", "unit_price"}
    assert may_be_missing("fact_payments") == {"order_date", "paid_at", "installments"}
    assert may_be_missing("fact_refunds") == {"item_number", "order_date", "quantity", "cost_amount", "reason"}
    sums = DESIGN["daily_sales"].split()
    later = ("units", "incomplete_orders", *sums[sums.index("gross_sales") :])
    assert may_be_missing("daily_sales", *later) == {"average_order_value"}
    assert may_be_missing("daily_products", "units", "net_sales", "gross_margin") == {"average_review_score"}
    assert may_be_missing("daily_channels") == set()
    assert may_be_missing("daily_customers") == set()
    assert may_be_missing("dim_dates") == set()


def test_personal_data_is_marked():
    marked = {c.name: c.classification for c in GOLD["dim_customers"].columns if c.classification}
    assert marked == {
        "email_hash": "restricted",
        "gender": "personal",
        "birth_year": "personal",
        "postal_code": "personal",
    }


def test_rules_speak_of_all_five_dimensions_in_both_severities():
    rules = [rule for contract in GOLD.values() for rule in contract.rules]
    assert {rule.dimension for rule in rules if rule.severity == "error"} >= set(DIMENSIONS) - {"timeliness"}
    assert {rule.dimension for rule in rules} == set(DIMENSIONS)
    assert any(rule.severity == "warning" for rule in rules)


def test_a_warning_has_a_bound_only_where_it_counts_days_or_rows():
    """Of odd rows any number is kept. What need not come daily is told where most of a drop is unusable."""
    bounded = {
        rule.kind
        for contract in CONTRACTS.values()
        for rule in contract.rules
        if rule.severity == "warning" and rule.threshold
    }
    assert bounded == {"days_behind", "row_count", "quarantined", "quarantined_money"}


def test_gold_rules_name_no_column_that_only_a_drop_has():
    rules = [(c.name, rule.name, rule.passes) for c in GOLD.values() for rule in c.rules]
    assert [found for found in rules if re.search("|".join(META), found[2])] == []


def test_statuses_of_gold_are_those_of_silver():
    """An order's payment status is one of a payment's, or one that only several payments have."""

    def codes(table, rule):
        passes = next(r.passes for r in CONTRACTS[table].rules if r.name == rule)
        return set(re.findall(r"'(\w+)'", passes))

    orders, payments = "known order status", "known payment status"
    assert codes("gold.fact_orders", orders) == codes("silver.orders", orders)
    assert codes("gold.fact_order_items", orders) == codes("silver.orders", orders)
    assert codes("gold.fact_payments", payments) == codes("silver.payments", payments)
    assert codes("gold.daily_payments", payments) == codes("silver.payments", payments)
    of_several = {"none", "partially_refunded", "partially_paid"}
    assert codes("gold.fact_orders", payments) == codes("silver.payments", payments) | of_several


def test_facts_reference_dimensions():
    found = {
        (c.name, r.columns[0], f"{r.table}.{r.to[0]}")
        for c in GOLD.values()
        if c.name.startswith("fact_")
        for r in c.references
    }
    customer, day = "dim_customers.customer_key", "dim_dates.date"
    assert found == {
        ("fact_orders", "customer_key", customer),
        ("fact_orders", "order_date", day),
        ("fact_order_items", "customer_key", customer),
        ("fact_order_items", "product_key", "dim_products.product_key"),
        ("fact_order_items", "order_date", day),
        ("fact_payments", "customer_key", customer),
        ("fact_payments", "order_date", day),
        ("fact_refunds", "customer_key", customer),
        ("fact_refunds", "product_key", "dim_products.product_key"),
    }


def test_serving_hints_come_with_reasons():
    for contract in GOLD.values():
        given = [name for name, _ in contract.serving.reasons]
        expected = "distKey" if contract.name.startswith("fact_") else "distStyle"
        assert given == [expected, "sortKey"], contract.name
