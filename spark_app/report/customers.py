"""Customers: who is new and who comes back, where they live, gender and age, cohorts and what they are worth."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from spark_app.report import charts
from spark_app.report.cube import cube
from spark_app.report.data import DAY, ReportData
from spark_app.report.money import what_there_is
from spark_app.report.page import Column, Figure, Filter, Page, Query, Tile
from spark_app.report.places import state_column

SEGMENT = ("segment_revenue", "segment_orders", "segment_new_customers")
COHORTS = 18  # months of first orders shown
PLACES = 30


def page(data: ReportData) -> Page:
    """Figures of `sales_daily`, `customers_daily` and `cohorts`."""
    shown = {"state": state_column(data, "customers_daily")}
    abroad = shown["state"] != "state"
    narrowed = ("country", "state") if abroad else ("state",)
    ages = cube(data, [DAY, "age_band"], SEGMENT)
    _youngest_first(ages)
    return Page(
        "customers",
        "Customers",
        tiles=[Tile(name, "places") for name in reversed(SEGMENT)] + [Tile("returning_customers", "daily")],
        figures={
            "trend": Figure(
                "New and returning customers",
                chart=charts.trend(),
                query=Query("daily", ("period",), ("new_customers", "returning_customers"), compare=True),
                wide=True,
            ),
            "state": Figure(
                "Where customers live",
                chart=charts.ranking("state"),
                query=Query("places", ("state",), SEGMENT, compare=True, top=PLACES),
                note="By state; the mark is the days compared with. Addresses carry no coordinates, hence no map.",
            ),
            **(_by_country() if abroad else {}),
            "states_over_time": Figure(
                "The greatest states over time",
                chart=charts.stacked("state"),
                query=Query("places", ("period", "state"), SEGMENT, top=7),
            ),
            "gender": Figure(
                "By gender", chart=charts.ranking("gender"), query=Query("gender", ("gender",), SEGMENT, compare=True)
            ),
            "age": Figure(
                "By age",
                chart=charts.ranking("age_band"),
                query=Query("age", ("age_band",), SEGMENT, compare=True, order="listed"),
            ),
            "came_back": Figure(
                "Who comes back, by the month of the first order",
                "Customers of a month of first live orders with a live order so many months later, as a share of all "
                "customers of that month.",
                charts.heat("months_since", "cohort", "share"),
                values=_came_back(data),
                columns=[
                    Column("cohort", "First order in"),
                    Column("months_since", "Months later", "count"),
                    Column("customers", "Customers", "count"),
                    Column("share", "Share", "percent"),
                    Column("state", "Month"),
                ],
                note=f"The last {COHORTS} months, whatever days are chosen.{_unfinished(data.last)}",
            ),
            "lifetime": _lifetime(data),
        },
        cubes={
            "daily": cube(data, [DAY], ("new_customers", "returning_customers"), where="is_landed"),
            "places": cube(data, [DAY, *narrowed], SEGMENT, columns=shown),
            "gender": cube(data, [DAY, "gender"], SEGMENT),
            "age": ages,
        },
        filters=[Filter(column, column.capitalize()) for column in narrowed],
    )


def _by_country() -> dict[str, Figure]:
    query = Query("places", ("country",), SEGMENT, compare=True, top=PLACES)
    return {"country": Figure("By country", chart=charts.ranking("country"), query=query)}


def _unfinished(last: date) -> str:
    running = _running(last)
    return f" {running:%B %Y} is not over: its figures, in grey, still grow." if running else ""


def _youngest_first(ages: dict[str, Any]) -> None:
    """ "under 18" stands before "18-24", which sorts before it."""
    band = ages["by"]["age_band"]
    words = sorted(band["words"], key=lambda word: not word.startswith("under"))
    places = {word: place for place, word in enumerate(words)}
    band["at"] = [places[band["words"][at]] for at in band["at"]]
    band["words"] = words


def _came_back(data: ReportData) -> list[dict[str, Any]]:
    """Share of each cohort's customers with an order one month later, two, …

    Every month of the calendar has its cells, empty ones too. `running`: of a month that is not over.
    """
    newest = data.last.replace(day=1)
    return data.rows(
        "WITH firsts AS (SELECT greatest(min(cohort_month), ?::DATE - to_months(?)) AS month FROM cohorts), "
        "calendar AS (SELECT unnest(generate_series(month, ?::DATE, INTERVAL 1 MONTH))::DATE AS month FROM firsts), "
        "cells AS (SELECT a.month AS cohort_month, b.month, date_diff('month', a.month, b.month) AS months_since "
        "FROM calendar a JOIN calendar b ON b.month > a.month) "
        "SELECT strftime(cell.cohort_month, '%Y-%m') AS cohort, cell.months_since, "
        "coalesce(came.customers, 0) AS customers, "
        "coalesce(came.customers, 0) * 1.0 / nullif(size.customers, 0) AS share, "
        "cell.month IS NOT DISTINCT FROM ? AS running, "
        "CASE WHEN cell.month IS NOT DISTINCT FROM ? THEN 'so far' ELSE '' END AS state FROM cells cell "
        "LEFT JOIN cohorts came ON came.cohort_month = cell.cohort_month AND came.months_since = cell.months_since "
        "LEFT JOIN cohorts size ON size.cohort_month = cell.cohort_month AND size.months_since = 0 ORDER BY 1, 2",
        (newest, COHORTS - 1, newest, _running(data.last), _running(data.last)),
    )


def _lifetime(data: ReportData) -> Figure:
    """What a customer has brought up to each month of age: net sales where the shop has returns or discounts."""
    nets = what_there_is(data).has_net_sales
    metric = data.metrics["net_sales_per_customer" if nets else "lifetime_value"]
    brought = _NET_BROUGHT if nets else "SELECT cohort_month, months_since, revenue AS amount FROM cohorts"
    title = "Net sales per customer so far" if nets else metric.title
    return Figure(
        "What a customer has brought, by months since the first order",
        f"{metric.title}: {metric.description}. Here: of cohorts that are that old, what they brought up to the month "
        "÷ their customers.",
        charts.line("months_since", "value", "months since the first order", "money"),
        values=_brought_by_age(data, brought),
        columns=[
            Column("months_since", "Months since the first order", "count"),
            Column("value", title, "money"),
            Column("customers", "Customers of these cohorts", "count"),
        ],
        note="All cohorts, whatever days are chosen, up to the last month that is over.",
        empty="No month is over yet.",
    )


# An order's goods less its discounts and what came back of it, by the month of the order, not of the return.
_NET_BROUGHT = (
    "SELECT cohort_month, date_diff('month', cohort_month, month) AS months_since, sum(net) AS amount FROM ("
    "SELECT date_trunc('month', order_date)::DATE AS month, "
    "min(date_trunc('month', order_date)::DATE) OVER (PARTITION BY customer_id) AS cohort_month, "
    "items_amount - coalesce(discount_amount, 0) - coalesce(returned_amount, 0) AS net FROM orders WHERE is_live"
    ") GROUP BY ALL"
)


def _brought_by_age(data: ReportData, brought: str) -> list[dict[str, Any]]:
    """`brought` (cohort_month, months_since, amount) per customer up to an age, of cohorts that have reached it whole.

    A month without any order of a cohort has no row, so ages are counted from the calendar.
    """
    running = _running(data.last)
    whole = (running - timedelta(days=1) if running else data.last).replace(day=1)
    return data.rows(
        "WITH size AS (SELECT cohort_month, sum(customers) AS customers, "
        "date_diff('month', cohort_month, ?::DATE) AS age "
        "FROM cohorts WHERE months_since = 0 AND cohort_month <= ?::DATE GROUP BY cohort_month), "
        "ages AS (SELECT unnest(range(0, (SELECT max(age) + 1 FROM size))) AS months_since), "
        f"brought AS MATERIALIZED ({brought}) "
        "SELECT a.months_since, sum(s.customers) AS customers, "
        "sum((SELECT sum(amount) FROM brought c WHERE c.cohort_month = s.cohort_month "
        "AND c.months_since <= a.months_since)) / sum(s.customers) AS value "
        "FROM ages a JOIN size s ON s.age >= a.months_since GROUP BY 1 ORDER BY 1",
        (whole, whole),
    )


def _running(last: date) -> date | None:
    """The month, by its first day, that the last day leaves unfinished."""
    return None if (last + timedelta(days=1)).day == 1 else last.replace(day=1)
