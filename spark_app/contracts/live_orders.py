"""A live order counts as revenue: it is neither canceled nor unavailable. Everybody who asks has it from here.

Views and contracts write `order_status NOT IN ({not_live})`.
"""

from __future__ import annotations

NOT_LIVE = ("canceled", "unavailable")
_LISTED = ", ".join(f"'{status}'" for status in NOT_LIVE)
LIVE_SQL = f"order_status NOT IN ({_LISTED})"  # over fact_orders and fact_order_items


def with_not_live(sql: str) -> str:
    """The SQL with the statuses in the place of `{not_live}`."""
    return sql.replace("{not_live}", _LISTED)
