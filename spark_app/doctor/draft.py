"""A mapping while it is drafted: its lines, each with the evidence for it, and what could not be told as questions."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from spark_app.contracts.table import Contract
from spark_app.doctor.matching import Match
from spark_app.doctor.sample import Sample

_NO_TEXT = ("yes", "no", "on", "off", "true", "false", "null", "y", "n")  # to YAML


@dataclass
class Draft:
    """What is drafted of a sample: `found` has the column for each role, `names` the bronze name of each header."""

    source: str
    sample: Sample
    found: Mapping[str, Match]
    names: Mapping[str, str]
    contracts: Mapping[str, Contract]
    lines: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)

    def has(self, *roles: str) -> bool:
        return all(role in self.found for role in roles)

    def header(self, role: str) -> str:
        return self.found[role].header

    @property
    def ledger(self) -> bool:
        """Whether rows are movements of money, and not lines of orders."""
        return self.has("kind") and not (self.has("product_id") and (self.has("unit_price") or self.has("line_amount")))

    def add(self, line: str, why: str = "") -> None:
        self.lines.append(f"{line}  # {why}" if why else line)


def as_scalar(text: str) -> str:
    """A header as YAML takes it for a text."""
    safe = re.fullmatch(r"[A-Za-z][\w ./()-]*", text) and text.lower() not in _NO_TEXT
    return text if safe and not text.endswith(" ") else json.dumps(text, ensure_ascii=False)
