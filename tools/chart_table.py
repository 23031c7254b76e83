"""Write the table of the chart's values into its README, from the `# --` comments in values.yaml."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

CHART = Path(__file__).resolve().parents[1] / "helm" / "lakehouse"
BEGIN, END = "<!-- values -->", "<!-- end of values -->"


def described(text: str) -> Iterator[tuple[str, str]]:
    """(`driver.memory`, its comment) of each key that has a comment, in the file's order."""
    path: list[tuple[int, str]] = []
    comment = ""
    for line in text.splitlines():
        if found := re.match(r"\s*# -- (.*)", line):
            comment = found[1]
        elif found := re.match(r"( *)([A-Za-z]\w*):", line):
            path = [(indent, key) for indent, key in path if indent < len(found[1])] + [(len(found[1]), found[2])]
            if comment:
                yield ".".join(key for _, key in path), comment
            comment = ""


def default(values: Any, path: str) -> str:
    """The default of a value as JSON."""
    for key in path.split("."):
        values = values[key]
    return json.dumps(values)


def table(text: str) -> str:
    """The values as a Markdown table."""
    values = yaml.safe_load(text)
    rows = [f"| `{path}` | `{default(values, path)}` | {comment} |" for path, comment in described(text)]
    return "\n".join(["| value | default | what it is |", "|---|---|---|", *rows])


def readme(old: str, text: str) -> str:
    """The README with the table of these values in it."""
    before, rest = old.split(BEGIN)
    return f"{before}{BEGIN}\n{table(text)}\n{END}{rest.split(END)[1]}"


if __name__ == "__main__":
    file = CHART / "README.md"
    file.write_text(readme(file.read_text(), (CHART / "values.yaml").read_text()))
