-- Facts and dimensions of a made-up shop, then the daily tables as docs/tables.md defines them (gold_shop.py).
-- {abroad} of 100 customers live in another country, whose states have the same names.
-- Of {lowered} of 100 orders lines have discounts and taxes, and the first line comes back after five days.
-- {first}, {days}, {customers}, {orders} are filled in. dice(word, n): a number below n that is always the same.
CREATE MACRO live(status) AS status NOT IN ('canceled', 'unavailable');
CREATE MACRO dice(word, sides) AS (hash(word) % sides)::BIGINT;
CREATE TABLE made AS SELECT
  'o' || i AS order_id, DATE '{first}' + (i * {days} // {orders})::INTEGER AS order_date,
  'c' || (dice('c' || i, {customers}) * dice('d' || i, 100) // 100) AS customer_id,
  dice('s' || i, 1000) AS luck, dice('t' || i, 86400) AS second, 2 + dice('l' || i, 17) AS lead
FROM range({orders}) t(i);
CREATE TABLE dim_customers AS SELECT
  -1::BIGINT AS customer_key, 'unknown' AS customer_id, NULL AS email_hash, NULL AS gender, NULL::INTEGER AS birth_year,
  NULL AS postal_code, NULL AS city, NULL AS state, NULL AS country, TIMESTAMP '1900-01-01' AS valid_from,
  NULL::TIMESTAMP AS valid_to, true AS is_current
UNION ALL SELECT n, 'c' || n, md5('c' || n), [NULL, 'female', 'male', 'female', 'male', 'other'][1 + dice('g' || n, 6)],
  CASE WHEN dice('b' || n, 20) > 0 THEN 1940 + dice('y' || n, 66) END, '0' || n, 'city ' || dice('k' || n, 400),
  string_split('SP RJ MG RS PR SC BA DF GO ES PE CE PA MT MA MS PB PI RN AL SE TO RO AM AC AP RR', ' ')[1 + dice('v' || n, 27) * dice('w' || n, 27) // 27],
  CASE WHEN dice('a' || n, 100) < {abroad} THEN 'US' ELSE 'BR' END, TIMESTAMP '1900-01-01', NULL, true
FROM range({customers}) t(n);
CREATE TABLE dim_products AS SELECT n AS product_key, 'p' || n AS product_id, CASE n WHEN 1 THEN '<img src=x onerror=alert(1)></script>' ELSE 'Product ' || n END AS name,
  CASE WHEN n % 50 > 0 THEN 'category_' || (n % {categories}) END AS category, 'brand ' || n % 90 AS brand,
  5.00 AS unit_cost, 10.00 AS list_price, 100 AS weight_g, 1000 AS volume_cm3, TIMESTAMP '1900-01-01' AS valid_from,
  NULL::TIMESTAMP AS valid_to, true AS is_current FROM range({products}) t(n);
CREATE TABLE state_of AS SELECT *, CASE WHEN luck < 30 THEN 'canceled' WHEN luck < 35 THEN 'unavailable'
  WHEN order_date + lead::INTEGER < DATE '{first}' + {days} THEN 'delivered' ELSE 'shipped' END AS order_status FROM made;
CREATE TABLE fact_order_items AS SELECT order_id, line::INTEGER AS item_number, p AS product_key,
  'p' || p AS product_id, coalesce(c.customer_key, -1) AS customer_key, 'seller' AS seller_id, order_status, order_date,
  1 + (dice('q' || order_id || line, 10) // 9)::INTEGER AS quantity,
  ((100 + dice('u' || order_id || line, 30000)) / 100)::DECIMAL(18, 2) AS unit_price,
  (dice('f' || order_id || line, 2000) / 100)::DECIMAL(18, 2) AS freight_amount,
  (quantity * unit_price)::DECIMAL(18, 2) AS item_amount, dice('w' || order_id, 100) < {lowered} AS is_lowered,
  CASE WHEN is_lowered THEN round(item_amount / 10, 2) ELSE 0 END::DECIMAL(18, 2) AS discount_amount,
  CASE WHEN is_lowered THEN round(item_amount / 20, 2) ELSE 0 END::DECIMAL(18, 2) AS tax_amount,
  (item_amount - discount_amount)::DECIMAL(18, 2) AS net_amount, (5 * quantity)::DECIMAL(18, 2) AS cost_amount
FROM (SELECT *, dice('p' || order_id || line, {products}) * dice('r' || order_id || line, 100) // 100 AS p FROM
  (SELECT *, unnest(range(1, 2 + dice('n' || order_id, 3))) AS line FROM state_of WHERE luck <> 999))
LEFT JOIN dim_customers c USING (customer_id);
CREATE TABLE lines AS SELECT order_id, count(*) AS item_count, sum(quantity) AS units, sum(item_amount) AS items_amount,
  sum(discount_amount) AS discount_amount, sum(tax_amount) AS tax_amount, sum(cost_amount) AS cost_amount,
  sum(freight_amount) AS freight_amount, sum(net_amount + freight_amount + tax_amount) AS order_amount
FROM fact_order_items GROUP BY 1;
CREATE TABLE fact_refunds AS SELECT 'r' || order_id AS refund_id, 1 AS refund_line, order_id, item_number, customer_key,
  product_key, order_date, order_date + 5 AS refund_date, quantity, net_amount AS amount, 0.00 AS shipping_amount,
  tax_amount, cost_amount, 'too small' AS reason
FROM fact_order_items WHERE is_lowered AND item_number = 1 AND order_date + 5 < DATE '{first}' + {days};
CREATE TABLE fact_payments AS SELECT order_id, 1 AS payment_sequence, coalesce(c.customer_key, -1) AS customer_key, order_date,
  CASE WHEN payment_status = 'paid' THEN order_date + INTERVAL 1 HOUR END AS paid_at, ['credit_card', 'boleto', 'voucher', 'debit_card', 'pix'][1 + dice('m' || order_id, 5)]
  AS payment_method, payment_status, 1 + dice('i' || order_id, 12) AS installments, order_amount AS amount
FROM (SELECT *, CASE WHEN order_status = 'canceled' THEN 'refunded' WHEN order_status = 'unavailable' THEN 'voided'
  WHEN luck > 990 THEN 'failed' WHEN luck > 970 OR order_date > DATE '{first}' + {days} - 2 THEN 'pending' ELSE 'paid' END
  AS payment_status FROM state_of JOIN lines USING (order_id)) JOIN dim_customers c USING (customer_id);
CREATE TABLE fact_orders AS SELECT o.order_id, coalesce(c.customer_key, -1) AS customer_key, o.customer_id, order_status,
  o.order_date + to_seconds(second) AS purchased_at, o.order_date, purchased_at AS approved_at, purchased_at AS shipped_at,
  CASE WHEN order_status = 'delivered' THEN purchased_at + to_days(lead::INTEGER) END AS delivered_at,
  purchased_at + INTERVAL 14 DAY AS estimated_delivery_at, coalesce(item_count, 0) AS item_count,
  coalesce(units, 0) AS units, CASE WHEN {lowered} > 0 THEN ['web', 'till'][1 + dice('h' || o.order_id, 2)] END AS channel,
  NULL AS store_id, 'USD' AS currency, 1 AS exchange_rate, coalesce(items_amount, 0) AS items_amount,
  coalesce(l.discount_amount, 0) AS discount_amount, coalesce(l.freight_amount, 0) AS freight_amount,
  coalesce(l.tax_amount, 0) AS tax_amount, coalesce(l.order_amount, 0) AS order_amount,
  coalesce(l.order_amount, 0) AS order_amount_original, coalesce(r.amount, 0) AS returned_amount, l.cost_amount,
  CASE WHEN p.payment_status = 'paid' THEN p.amount ELSE 0 END AS paid_amount,
  CASE WHEN p.payment_status = 'refunded' THEN p.amount ELSE 0 END + coalesce(r.amount + r.tax_amount, 0)
  AS refunded_amount, CASE WHEN p.payment_status = 'paid' AND r.amount > 0 THEN 'partially_refunded'
  ELSE coalesce(p.payment_status, 'none') END AS payment_status,
  live(order_status) AND row_number() OVER (PARTITION BY o.customer_id, live(order_status) ORDER BY purchased_at, o.order_id) = 1
  AS is_first_order, date_diff('day', purchased_at, delivered_at) AS delivery_days,
  CASE WHEN delivered_at IS NOT NULL THEN delivered_at::DATE > estimated_delivery_at::DATE END AS is_late,
  CASE WHEN order_status = 'delivered' AND luck % 3 > 0 THEN 1 + dice('z' || o.order_id, 5) END AS review_score,
  false AS is_incomplete
FROM state_of o LEFT JOIN lines l USING (order_id) LEFT JOIN dim_customers c USING (customer_id)
LEFT JOIN fact_payments p USING (order_id) LEFT JOIN fact_refunds r USING (order_id);
CREATE TABLE dim_dates AS SELECT strftime(d, '%Y%m%d')::INTEGER AS date_key, d::DATE AS date, year(d) AS year,
  quarter(d) AS quarter, month(d) AS month, weekofyear(d) AS week, isodow(d) AS weekday, isodow(d) > 5 AS is_weekend
FROM range(date_trunc('year', DATE '{first}'), DATE '{first}' + {days} + 365, INTERVAL 1 DAY) t(d);
CREATE MACRO sold(goods, discount, freight) AS goods - discount + freight;
CREATE TABLE back AS SELECT refund_date AS day, sum(amount) AS amount, sum(r.tax_amount) AS tax_amount,
  sum(r.cost_amount) AS cost_amount FROM fact_refunds r JOIN fact_orders USING (order_id) WHERE live(order_status) GROUP BY 1;
CREATE TABLE daily_sales AS SELECT order_date, count(*) AS orders, count(*) FILTER (NOT live(order_status)) AS canceled_orders,
  count(DISTINCT customer_id) AS customers, count(*) FILTER (is_first_order) AS new_customers,
  count(DISTINCT customer_id) FILTER (live(order_status) AND customer_id NOT IN
    (SELECT customer_id FROM fact_orders f WHERE f.is_first_order AND f.order_date = o.order_date)) AS returning_customers,
  coalesce(sum(item_count) FILTER (live(order_status)), 0) AS items,
  coalesce(sum(items_amount) FILTER (live(order_status)), 0) AS items_amount,
  coalesce(sum(freight_amount) FILTER (live(order_status)), 0) AS freight_amount,
  coalesce(sum(sold(items_amount, discount_amount, freight_amount)) FILTER (live(order_status)), 0) AS revenue,
  revenue / nullif(count(*) FILTER (live(order_status)), 0) AS average_order_value,
  count(*) FILTER (is_late) AS late_deliveries, count(*) FILTER (is_incomplete) AS incomplete_orders,
  coalesce(sum(units) FILTER (live(order_status)), 0) AS units, coalesce(sum(o.items_amount) FILTER (live(order_status)), 0) AS gross_sales,
  coalesce(sum(discount_amount) FILTER (live(order_status)), 0) AS discounts, coalesce(any_value(b.amount), 0) AS returns,
  gross_sales - discounts - returns AS net_sales, coalesce(sum(o.freight_amount) FILTER (live(order_status)), 0) AS shipping,
  coalesce(sum(o.tax_amount) FILTER (live(order_status)), 0) - coalesce(any_value(b.tax_amount), 0) AS taxes,
  net_sales + shipping + taxes AS total_sales,
  coalesce(sum(o.cost_amount) FILTER (live(order_status)), 0) - coalesce(any_value(b.cost_amount), 0) AS cost_of_goods,
  net_sales - cost_of_goods AS gross_margin, CASE WHEN gross_sales > discounts THEN 1 END AS cost_coverage
FROM fact_orders o LEFT JOIN back b ON b.day = o.order_date GROUP BY 1;
CREATE TABLE daily_channels AS SELECT order_date, coalesce(channel, 'unknown') AS channel, 'unknown' AS store_id,
  count(*) AS orders, count(DISTINCT customer_id) AS customers,
  coalesce(sum(units) FILTER (live(order_status)), 0) AS units,
  coalesce(sum(items_amount) FILTER (live(order_status)), 0) AS gross_sales,
  coalesce(sum(discount_amount) FILTER (live(order_status)), 0) AS discounts, coalesce(any_value(amount), 0) AS returns,
  gross_sales - discounts - returns AS net_sales
FROM fact_orders o LEFT JOIN (SELECT refund_date, coalesce(channel, 'unknown') AS sold_by, sum(amount) AS amount
  FROM fact_refunds JOIN fact_orders USING (order_id) WHERE live(order_status) GROUP BY ALL) b
  ON b.refund_date = o.order_date AND b.sold_by = coalesce(o.channel, 'unknown') GROUP BY ALL;
CREATE TABLE hourly_sales AS SELECT order_date, hour(purchased_at)::INTEGER AS order_hour, count(*) AS orders,
  count(*) FILTER (NOT live(order_status)) AS canceled_orders,
  coalesce(sum(items_amount) FILTER (live(order_status)), 0) AS gross_sales,
  coalesce(sum(discount_amount) FILTER (live(order_status)), 0) AS discounts,
  coalesce(sum(sold(items_amount, discount_amount, freight_amount)) FILTER (live(order_status)), 0) AS revenue
FROM fact_orders GROUP BY ALL;
CREATE TABLE daily_payments AS SELECT order_date, payment_method, payment_status, count(*) AS payments, sum(amount) AS amount
FROM fact_payments GROUP BY ALL;
CREATE TABLE daily_customers AS SELECT order_date, coalesce(country, 'unknown') AS country, coalesce(state, 'unknown') AS state,
  coalesce(gender, 'unknown') AS gender, CASE WHEN birth_year IS NULL THEN 'unknown' WHEN year(order_date) - birth_year < 25
  THEN '18-24' WHEN year(order_date) - birth_year < 45 THEN '25-44' ELSE '45+' END AS age_band, count(*) AS orders,
  count(DISTINCT customer_id) AS customers, count(*) FILTER (is_first_order) AS new_customers,
  coalesce(sum(sold(items_amount, discount_amount, freight_amount)) FILTER (live(order_status)), 0) AS revenue
FROM fact_orders JOIN dim_customers USING (customer_key, customer_id) GROUP BY ALL;
CREATE TABLE daily_products AS SELECT i.order_date, coalesce(category, 'unknown') AS category,
  count(DISTINCT order_id) AS orders, count(*) FILTER (live(i.order_status)) AS items,
  coalesce(sum(sold(item_amount, i.discount_amount, i.freight_amount)) FILTER (live(i.order_status)), 0) AS revenue,
  avg(review_score) AS average_review_score, coalesce(sum(quantity) FILTER (live(i.order_status)), 0) AS units,
  coalesce(sum(net_amount) FILTER (live(i.order_status)), 0) - coalesce(any_value(b.amount), 0) AS net_sales,
  net_sales - coalesce(sum(i.cost_amount) FILTER (live(i.order_status)), 0) + coalesce(any_value(b.cost), 0) AS gross_margin
FROM fact_order_items i JOIN dim_products USING (product_key, product_id) JOIN fact_orders USING (order_id)
LEFT JOIN (SELECT refund_date, coalesce(category, 'unknown') AS kind, sum(amount) AS amount, sum(r.cost_amount) AS cost
  FROM fact_refunds r JOIN dim_products USING (product_key) JOIN fact_orders USING (order_id) WHERE live(order_status)
  GROUP BY ALL) b ON b.refund_date = i.order_date AND b.kind = coalesce(category, 'unknown') GROUP BY ALL;
CREATE TABLE customer_cohorts AS SELECT date_trunc('month', f.order_date)::DATE AS cohort_month,
  date_diff('month', cohort_month, o.order_date) AS months_since, count(DISTINCT customer_id) AS customers,
  count(*) AS orders, sum(sold(o.items_amount, o.discount_amount, o.freight_amount)) AS revenue
FROM fact_orders o JOIN (SELECT customer_id, order_date FROM fact_orders WHERE is_first_order) f USING (customer_id)
WHERE live(o.order_status) GROUP BY ALL;
CREATE TABLE landed_days AS SELECT order_date, true AS is_landed, NULL::VARCHAR AS lacking, true AS is_complete FROM daily_sales;
