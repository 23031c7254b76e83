"""Costs as Prometheus reads them, in its text format. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True)
class Gauge:
    """A figure of now. `values`: labels → value; without any it is left out."""

    name: str
    help: str
    values: Sequence[tuple[Mapping[str, str], Decimal | float | None]] = field(default_factory=list)


def exposition(gauges: Sequence[Gauge]) -> str:
    """The text, gauges without a value left out: of what is not known nothing is said."""
    lines = list[str]()
    for gauge in gauges:
        known = [(labels, value) for labels, value in gauge.values if value is not None]
        if not known:
            continue
        lines += [f"# HELP {gauge.name} {gauge.help}", f"# TYPE {gauge.name} gauge"]
        lines += [f"{gauge.name}{_labels(labels)} {value}" for labels, value in known]
    return "".join(f"{line}\n" for line in lines)


def _labels(labels: Mapping[str, str]) -> str:
    inside = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items())
    return f"{{{inside}}}" if inside else ""


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
