"""What YAML makes of a text that was meant otherwise: keys that stand twice, and words it takes for something else."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import yaml

Path = tuple[str | int, ...]
# What pydantic says of a value, as whoever wrote the file needs to hear it.
_EXPECTED = {
    "tuple_type": "expected a list, as [a, b]",
    "list_type": "expected a list, as [a, b]",
    "dict_type": "expected names with values, as {a: b}",
    "model_type": "expected names with values, as {a: b}",
    "model_attributes_type": "expected names with values, as {a: b}",
}


def doubled(node: Any, where: Path = ()) -> Iterator[tuple[Path, int, int]]:
    """(path, line, line of the first) of each key that stood in its mapping before: the later would replace it."""
    if isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for key, value in node.value:
            here, line = (*where, str(key.value)), key.start_mark.line + 1
            if isinstance(key, yaml.ScalarNode) and key.tag != "tag:yaml.org,2002:merge":
                if key.value in seen:
                    yield here, line, seen[key.value]
                seen[key.value] = line
            yield from doubled(value, here)
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from doubled(item, (*where, index))


def unusable(node: Any, where: Path = ()) -> Iterator[tuple[Path, str]]:
    """(path, text) of what looks like a date to YAML and is none: 2024-02-31."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from unusable(key, where)
            yield from unusable(value, (*where, str(key.value)))
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from unusable(item, (*where, index))
    if isinstance(node, yaml.ScalarNode):
        try:
            value_of(node)
        except ValueError:
            yield where, node.value


def value_of(node: yaml.ScalarNode) -> Any:
    """What YAML takes the scalar for: `No` is False."""
    return yaml.constructor.SafeConstructor().construct_object(node)


def meant(kind: str, found: object, written: str | None) -> str | None:
    """What is wrong with a value that is no text where one is expected, or no list; None for other kinds of error."""
    if kind in _EXPECTED:
        shown = f", found {found!r}" if isinstance(found, str | int | float) else ""
        return f"{_EXPECTED[kind]}{shown}"
    if kind != "string_type":
        return None
    if found is None:
        return "expected a text, found nothing"
    if isinstance(found, list | dict):
        return f"expected a text, found {'a list' if isinstance(found, list) else 'names with values'}"
    return f"put {written or found} in quotes: YAML reads it as {_taken_for(found)}"


def _taken_for(found: object) -> str:
    if isinstance(found, bool):
        return str(found).lower()
    if isinstance(found, datetime.date):
        return "a date"
    return f"the number {found}" if isinstance(found, int | float) else type(found).__name__
