"""A dump in Olist's format with invented rows, for what the real one holds rarely or never."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from pathlib import Path

Row = dict[str, str]

FILES = {
    "olist_customers_dataset.csv": (
        "customer_id,customer_unique_id,customer_zip_code_prefix,customer_city,customer_state"
    ),
    "olist_geolocation_dataset.csv": (
        "geolocation_zip_code_prefix,geolocation_lat,geolocation_lng,geolocation_city,geolocation_state"
    ),
    "olist_order_items_dataset.csv": (
        "order_id,order_item_id,product_id,seller_id,shipping_limit_date,price,freight_value"
    ),
    "olist_order_payments_dataset.csv": ("order_id,payment_sequential,payment_type,payment_installments,payment_value"),
    "olist_order_reviews_dataset.csv": (
        "review_id,order_id,review_score,review_comment_title,review_comment_message,"
        "review_creation_date,review_answer_timestamp"
    ),
    "olist_orders_dataset.csv": (
        "order_id,customer_id,order_status,order_purchase_timestamp,order_approved_at,"
        "order_delivered_carrier_date,order_delivered_customer_date,order_estimated_delivery_date"
    ),
    "olist_products_dataset.csv": (
        "product_id,product_category_name,product_name_lenght,product_description_lenght,product_photos_qty,"
        "product_weight_g,product_length_cm,product_height_cm,product_width_cm"
    ),
    "olist_sellers_dataset.csv": "seller_id,seller_zip_code_prefix,seller_city,seller_state",
    "product_category_name_translation.csv": "product_category_name,product_category_name_english",
}


def write_dump(folder: Path, rows: dict[str, list[str]]) -> Path:
    """The nine files in `folder`, each with its header and the lines given for it (by a part of its name)."""
    folder.mkdir(parents=True, exist_ok=True)
    for file, header in FILES.items():
        lines = [line for part, given in rows.items() if part in file for line in given]
        (folder / file).write_text("\n".join([header, *lines]) + "\n", encoding="utf-8", newline="")
    return folder


def order(*times: str, status: str, payment: str = "1,boleto,1,10.50") -> dict[str, list[str]]:
    """One order `o` of customer `c` with one payment; times: purchase, approval, hand-over, delivery."""
    return {
        "customers": ["c-o,c,01001,sao paulo,SP"],
        "orders": [f"o,c-o,{status},{','.join(times)},2017-02-01 00:00:00"],
        "payments": [f"o,{payment}"],
    }


def drops(landing: Path, entity: str) -> list[Row]:
    """An entity's rows in the order they were sent, with `dt`; read by another CSV reader than wrote them."""
    return [row for file in sorted((landing / entity).glob("dt=*/*.csv")) for row in _rows(file)]


def raw(source: Path, part: str) -> list[Row]:
    """The rows of the dump's file whose name holds `part`."""
    (file,) = [source / name for name in FILES if part in name]
    return list(_rows(file))


def held(rows: list[Row], *key: str) -> dict[tuple[str, ...], Row]:
    """By key the row that holds: the one with the greatest (updated_at, batch date, row number)."""
    by_time = sorted(rows, key=lambda row: (row["updated_at"], row["dt"]))  # stable: the later row is last
    return {tuple(row[column] for column in key): row for row in by_time}


def picked(rows: list[Row], columns: str) -> list[tuple[str, ...]]:
    """The named columns (separated by blanks) of each row, in the order given."""
    return [tuple(row[column] for column in columns.split()) for row in rows]


def checksums(landing: Path) -> dict[str, str]:
    """By path under `landing` the checksum of each file's bytes."""
    return {
        file.relative_to(landing).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in landing.rglob("*")
        if file.is_file()
    }


def _rows(file: Path) -> Iterator[Row]:
    day = file.parent.name.removeprefix("dt=")
    with file.open(encoding="utf-8", newline="") as text:
        for row in csv.DictReader(text, strict=True):
            assert None not in row, f"{file.name}: more fields than columns"
            assert None not in row.values(), f"{file.name}: fewer fields than columns"
            yield {**row, "dt": day}
