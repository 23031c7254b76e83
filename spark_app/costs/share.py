"""A sum of dollars shared out, so that the shares are the whole. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from spark_app.costs.bill import MICRO

Key = TypeVar("Key")


def share_out(dollars: Decimal, weights: Mapping[Key, float]) -> dict[Key, Decimal]:
    """Shares by weight, to the millionth of a dollar, by largest remainder: their sum is `dollars` exactly.

    Equal shares where nothing weighs anything; none where there is nobody to share. Negative weights count as 0.
    """
    if not weights:
        return {}
    exact = {key: Fraction(max(weight, 0.0)) for key, weight in weights.items()}
    if not any(exact.values()):
        exact = dict.fromkeys(weights, Fraction(1))
    units, whole = int(dollars / MICRO), sum(exact.values())
    parts = {key: units * weight / whole for key, weight in exact.items()}
    shares = {key: int(part) for key, part in parts.items()}
    by_remainder = sorted(parts, key=lambda key: shares[key] - parts[key])  # the largest first; equal ones as they come
    for key in by_remainder[: units - sum(shares.values())]:
        shares[key] += 1
    return {key: share * MICRO for key, share in shares.items()}
