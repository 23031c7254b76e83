"""The shipped views, and one that is well written."""

from spark_app.contracts.load import load_contracts
from spark_app.contracts.views import load_views

CONTRACTS = load_contracts()
GOLD = [contract for contract in CONTRACTS.values() if contract.layer == "gold"]
VIEWS = load_views(CONTRACTS)
GOOD = """\
name: sales
description: Sales.
grain: one row per day
from: {table: daily_sales, as: s}
joins:
  - {table: dim_dates, as: d, match: "d.date = s.order_date"}
columns:
  - {name: order_date, sql: s.order_date}
  - {name: month, sql: "d.month || ' e.g.'", description: "the month, e.g. 5"}
"""
