"""The pages' numbers are gold's: each asked again of the warehouse, by SQL that knows no metric."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.site.conftest import LAST, number

pytestmark = pytest.mark.site

YEAR = timedelta(days=364)


def days(first, last):
    return f"order_date BETWEEN DATE '{first}' AND DATE '{last}'"


def rows(table):
    """A table's rows as text → numbers."""
    return {line[0]: line[1:] for line in table[1:]}


def test_the_morning_pages_tiles_are_yesterdays(opened, shop):
    shown = opened("index")
    sql = f"SELECT revenue, orders, items, new_customers, canceled_orders FROM daily_sales WHERE order_date = '{LAST}'"
    [(revenue, orders, items, new, canceled)] = shop.ask(sql)
    asked = {"revenue": revenue, "orders": orders, "items": items, "new_customers": new, "canceled_orders": canceled}
    assert {name: shown.tile(name) for name in asked} == {name: float(value) for name, value in asked.items()}
    assert shown.tile("average_order_value") == pytest.approx(float(revenue) / (orders - canceled))
    assert shown.page.locator("h1").inner_text() == "Sun 22 Nov 2026"


def test_the_morning_page_compares_with_the_day_week_and_year_before(opened, shop):
    text = opened("index").page.locator(".lead").inner_text()
    now = shop.one(f"SELECT revenue FROM daily_sales WHERE order_date = '{LAST}'")
    for name, back in (("the day before", 1), ("a week before", 7), ("a year before", 364)):
        was = shop.one(f"SELECT revenue FROM daily_sales WHERE order_date = '{LAST - timedelta(days=back)}'")
        share = abs(now / was - 1)
        written = f"{'+' if now > was else '−'}{share * 100:.{1 if share < 0.1 else 0}f}% against {name} (${was:,.2f})"
        assert written in text


def test_the_morning_page_names_the_state_that_grew_most_and_what_is_unpaid(opened, shop):
    shown = opened("index")
    week, before = (f"sum(revenue) FILTER (order_date {sign} DATE '{LAST}' - 7)" for sign in (">", "<="))
    sql = f"SELECT state, {week} - {before} AS grew FROM daily_customers WHERE order_date > DATE '{LAST}' - 14 "
    [(state, grew)] = shop.ask(sql + "GROUP BY 1 HAVING grew IS NOT NULL ORDER BY grew DESC LIMIT 1")
    unpaid = shop.one("SELECT sum(amount) FROM fact_payments WHERE payment_status IN ('pending', 'authorized')")
    text = shown.page.locator("main section").first.inner_text()
    assert f"{state} grew most" in text
    assert f"${grew:,.2f} more" in text
    assert f"${unpaid:,.{2 if unpaid < 10000 else 0}f} are not paid yet" in text
    ages = rows(shown.table("unpaid"))
    assert sum(number(line[0]) for line in ages.values()) == pytest.approx(float(unpaid))


def test_sales_tiles_are_the_chosen_days(opened, shop):
    first, last = LAST - timedelta(days=44), LAST - timedelta(days=15)
    shown = opened("sales", f"from={first}&to={last}")
    sql = "SELECT sum(revenue), sum(orders), sum(canceled_orders), sum(items) FROM daily_sales WHERE "
    [(revenue, orders, canceled, items)] = shop.ask(sql + days(first, last))
    assert shown.tile("revenue") == float(revenue)
    assert (shown.tile("orders"), shown.tile("canceled_orders"), shown.tile("items")) == (orders, canceled, items)
    assert shown.tile("average_order_value") == pytest.approx(float(revenue) / (orders - canceled))
    assert shown.tile("cancellation_rate") == pytest.approx(canceled / orders)
    was = shop.one(f"SELECT sum(revenue) FROM daily_sales WHERE {days(first - YEAR, last - YEAR)}")
    assert f"a year before (${was:,.0f})" in shown.page.locator("[data-metric=revenue]").inner_text()


@pytest.mark.parametrize(
    ("grain", "truncated"),
    [("day", "order_date"), ("week", "date_trunc('week', order_date)"), ("month", "date_trunc('month', order_date)")],
)
def test_a_series_is_by_day_week_or_month(opened, shop, grain, truncated):
    first, last = LAST - timedelta(days=80), LAST
    shown = opened("sales", f"from={first}&to={last}&grain={grain}&compare=none")
    found = [number(line[-1]) for line in shown.table("trend")[1:]]
    sql = f"SELECT sum(revenue) FROM daily_sales WHERE {days(first, last)} GROUP BY {truncated} ORDER BY {truncated}"
    assert found == [pytest.approx(float(value)) for (value,) in shop.ask(sql)]


def test_a_series_stands_beside_the_year_before(opened, shop):
    first = LAST - timedelta(days=9)
    shown = opened("sales", f"from={first}&to={LAST}&grain=day&compare=year")
    before = [number(line[-1]) for line in shown.table("trend")[1:] if line[1] == "a year before"]
    sql = f"SELECT revenue FROM daily_sales WHERE {days(first - YEAR, LAST - YEAR)} ORDER BY order_date"
    assert before == [float(value) for (value,) in shop.ask(sql)]


def test_customers_by_state_with_the_days_before(opened, shop):
    first = LAST - timedelta(days=27)
    shown = opened("customers", f"from={first}&to={LAST}&compare=before")
    found = {state: (number(line[0]), line[2]) for state, line in rows(shown.table("state")).items()}
    sql = f"SELECT state, sum(revenue) FROM daily_customers WHERE {days(first, LAST)} GROUP BY 1"
    asked = {state: float(value) for state, value in shop.ask(sql)}
    assert {state: found[state][0] for state in asked} == asked
    earlier = days(first - timedelta(days=28), LAST - timedelta(days=28))
    was = shop.one(f"SELECT sum(revenue) FROM daily_customers WHERE state = 'SP' AND {earlier}")
    assert number(found["SP"][1]) == float(was)


def test_cohorts_and_lifetime_value(opened, shop):
    shown = opened("customers")
    [(cohort, came, of)] = shop.ask(
        "SELECT strftime(a.cohort_month, '%Y-%m'), a.customers, b.customers FROM customer_cohorts a "
        "JOIN customer_cohorts b USING (cohort_month) WHERE a.months_since = 1 AND b.months_since = 0 "
        "ORDER BY 1 LIMIT 1"
    )
    line = next(one for one in shown.table("came_back")[1:] if one[:2] == [cohort, "1"])
    assert line[2:] == [f"{came:,}", f"{came / of * 100:.1f}%", ""]
    first = number(shown.table("lifetime")[1][1])
    # The month of the last day is not over.
    sql = "SELECT sum(revenue) / sum(customers) FROM customer_cohorts WHERE months_since = 0 "
    sql += f"AND cohort_month < DATE '{LAST.replace(day=1)}'"
    assert first == pytest.approx(float(shop.one(sql)), abs=0.01)


def test_payments_by_method_and_status(opened, shop):
    first = LAST - timedelta(days=89)
    shown = opened("payments", f"from={first}&to={LAST}&payment_method=pix")
    sql = "SELECT payment_status, sum(amount) FROM fact_payments WHERE payment_method = 'pix' "
    sql += f"AND {days(first, LAST)} GROUP BY 1"
    asked = {status: float(value) for status, value in shop.ask(sql)}
    found = {status: number(line[0]) for status, line in rows(shown.table("statuses")).items()}
    assert {status: value for status, value in found.items() if value} == asked  # of before only: 0
    assert shown.tile("outstanding_amount") == asked["pending"]
    assert shown.tile("refunded_amount") == asked["refunded"]


def test_instalments_are_not_narrowed_by_what_they_do_not_know(opened, shop):
    first = LAST - timedelta(days=89)
    shown = opened("payments", f"from={first}&to={LAST}&payment_method=pix")
    assert "Not narrowed by payment method" in shown.page.locator("#instalments").inner_text()
    sql = f"SELECT installments, count(*) FROM fact_payments WHERE {days(first, LAST)} GROUP BY 1"
    found = {number: int(line[0].replace(",", "")) for number, line in rows(shown.table("instalments")).items()}
    assert found == {str(parts): count for parts, count in shop.ask(sql)}


def test_categories_and_their_rest_add_up(opened, shop):
    first = LAST - timedelta(days=89)
    shown = opened("products", f"from={first}&to={LAST}")
    table = rows(shown.table("categories"))
    sql = f"SELECT category, sum(revenue) FROM daily_products WHERE {days(first, LAST)} GROUP BY 1 ORDER BY 2 DESC"
    asked = shop.ask(sql)
    assert list(table)[:3] == [name for name, _ in asked[:3]]
    assert sum(number(line[0]) for line in table.values()) == pytest.approx(float(sum(value for _, value in asked)))
    assert len(table) == 26
    score = shop.one(f"SELECT avg(review_score) FROM fact_orders WHERE {days(first, LAST)}")
    assert shown.tile("review_score") == pytest.approx(float(score))


def test_top_products_are_of_the_last_four_weeks(opened, shop):
    [top, *_] = opened("products").table("top")[1:]
    [(name, value)] = shop.ask(
        "SELECT name, sum(item_amount) FROM fact_order_items JOIN dim_products USING (product_id) "
        f"WHERE order_status NOT IN ('canceled', 'unavailable') AND order_date > DATE '{LAST}' - 28 "
        "GROUP BY name ORDER BY 2 DESC, 1 LIMIT 1"
    )
    assert (top[0], top[2]) == (name, f"${value:,.2f}")


def test_delivery_by_state(opened, shop):
    first, last = LAST - timedelta(days=120), LAST - timedelta(days=31)
    shown = opened("delivery", f"from={first}&to={last}&customer_state=RJ")
    sql = (
        "SELECT count(delivered_at), avg(delivery_days), count(*) FILTER (is_late) FROM fact_orders "
        f"JOIN dim_customers USING (customer_id) WHERE state = 'RJ' AND {days(first, last)}"
    )
    [(delivered, mean, late)] = shop.ask(sql)
    assert (shown.tile("delivered_orders"), shown.tile("late_orders")) == (delivered, late)
    assert shown.tile("delivery_days") == pytest.approx(mean)
    assert shown.tile("late_rate") == pytest.approx(late / delivered)


def test_days_whose_orders_are_not_due_are_not_judged(opened, shop):
    """Nothing of last week's orders can be late yet: that is no good news."""
    first = LAST - timedelta(days=6)
    shown = opened("delivery", f"from={first}&to={LAST}&grain=day")
    tile = shown.page.locator("[data-metric=late_rate]")
    said = "Not due yet, so not judged: none of these days' orders are due and delivered."
    assert tile.locator(".unripe").inner_text() == said
    assert tile.locator(".good, .bad").count() == 0
    assert shown.page.locator("#trend .unripe").inner_text() == said
    labels = [line[0] for line in shown.table("trend")[1:] if line[1] == "these days"]
    assert all(label.endswith(" (not final yet)") for label in labels)
    assert not any("not final" in line[0] for line in shown.table("trend")[1:] if line[1] != "these days")
    revenue = opened("sales", f"from={first}&to={LAST}").page.locator("[data-metric=revenue]")
    assert (revenue.locator(".unripe").is_visible(), revenue.locator(".good, .bad").count()) == (False, 2)


def test_what_share_of_the_orders_is_due_is_counted(opened, shop):
    first = LAST - timedelta(days=29)
    shown = opened("delivery", f"from={first}&to={LAST}&grain=day")
    due, every = shop.ask(
        f"SELECT count(*) FILTER (estimated_delivery_at::DATE <= DATE '{LAST}' AND delivered_at IS NOT NULL), count(*) "
        f"FROM fact_orders WHERE order_status NOT IN ('canceled', 'unavailable') AND order_date BETWEEN DATE '{first}' "
        f"AND DATE '{LAST}'"
    )[0]
    assert (
        f": {100 * due // every}% of these days' orders" in shown.page.locator("[data-metric=late_rate]").inner_text()
    )


def test_days_long_past_are_judged_by_points(opened, shop):
    first, last = LAST - timedelta(days=89), LAST - timedelta(days=60)
    shown = opened("delivery", f"from={first}&to={last}&grain=day&compare=year")
    sql = "SELECT count(*) FILTER (is_late) * 1.0 / count(is_late) FROM fact_orders WHERE "
    now, was = (float(shop.one(sql + days(*span))) for span in ((first, last), (first - YEAR, last - YEAR)))
    tile = shown.page.locator("[data-metric=late_rate]")
    mark = tile.locator("li", has_text="a year before").locator("strong")
    assert mark.inner_text() == f"{'▲ +' if now > was else '▼ −'}{abs(now - was) * 100:.1f} points"
    assert mark.get_attribute("class") == f"change {'bad' if now > was else 'good'}"
    assert not tile.locator(".unripe").is_visible()
    change = rows(shown.table("states"))
    assert all(line[-1].endswith(" points") or line[-1] == "–" for line in change.values())


def test_a_number_is_written_alike_by_page_and_by_script(opened):
    ready = opened("index").page.locator("[data-metric] .value").all_inner_texts()
    drawn = opened("sales", f"from={LAST}&to={LAST}").page
    tiles = drawn.locator("[data-metric]").all()
    written = {one.get_attribute("data-metric"): one.locator(".value").inner_text() for one in tiles}
    names = ["revenue", "orders", "average_order_value", "items"]
    assert ready[:4] == [written[name] for name in names]
