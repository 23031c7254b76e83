"""Reviews of the demo shop: written 5 to 15 days after delivery, some answered later."""

import random
from datetime import datetime

from spark_app.shops.demo_life import Life
from spark_app.shops.demo_rows import Row, last_of_each_day, later, row
from spark_app.shops.demo_words import REVIEWS

# Written as the single byte 0xFF, which no UTF-8 text holds (see "surrogateescape").
_BAD_BYTE = "\udcff"


def review_rows(
    rng: random.Random, life: Life, number: int, order_id: str, oddity: str | None, earlier_order_id: str
) -> list[Row]:
    """Rows of `reviews` for a delivered order, none for other orders and for those nobody reviewed.

    `oddity` (invalid_utf8, repeated_review or None) makes sure of a review. A repeated one comes once more
    under the same review_id for `earlier_order_id`, and is marked there.
    """
    if life.delivered is None or (oddity is None and rng.random() > 0.55):
        return []
    created = later(rng, life.delivered, 5 * 24, 15 * 24)
    answered = later(rng, created, 10, 80) if rng.random() < 0.5 else None
    score = _score(rng, life)
    title, comment = rng.choice(REVIEWS[score]) if rng.random() < 0.5 else ("", "")
    if oddity == "invalid_utf8":
        comment = f"Caf{_BAD_BYTE} {comment}"
    texts = (score, title, comment)
    review_id = f"R{number:08d}"
    rows = _states(review_id, order_id, texts, created, answered)
    rows[0].dirt = oddity if oddity == "invalid_utf8" else None
    if oddity == "repeated_review":
        again = _states(review_id, earlier_order_id, texts, created, None)
        again[0].dirt = oddity
        rows += again
    return rows


def _states(
    review_id: str, order_id: str, texts: tuple[int, str, str], created: datetime, answered: datetime | None
) -> list[Row]:
    rows = [row("reviews", created, review_id, order_id, *texts, created, None)]
    if answered is not None:
        rows.append(row("reviews", answered, review_id, order_id, *texts, created, answered))
    return last_of_each_day(rows)


def _score(rng: random.Random, life: Life) -> int:
    late = life.delivered is not None and life.delivered > life.estimated
    unhappy = late or life.ended is not None
    return rng.choices((1, 2, 3, 4, 5), (45, 20, 15, 12, 8) if unhappy else (4, 4, 10, 24, 58))[0]
