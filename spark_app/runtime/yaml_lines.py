"""YAML that remembers its lines, and pydantic models checked against it.

An unknown key or a wrong value becomes one sentence naming file, line and the nearest valid word.
"""

from __future__ import annotations

import difflib
import re
import types
import typing
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pydantic
import yaml

from spark_app.runtime.errors import LakehouseError

Model = TypeVar("Model", bound=pydantic.BaseModel)
Where = Sequence[str | int]


class Document:
    """One YAML file: its data and the line of every key and value."""

    def __init__(self, path: Path, error: type[LakehouseError]) -> None:
        self.path, self.error = path, error
        try:
            text = path.read_text(encoding="utf-8")
            self._root = yaml.compose(text, Loader=yaml.SafeLoader)
            self.data: Any = yaml.safe_load(text)
        except FileNotFoundError:
            raise error(f"{path}: no such file") from None
        except (yaml.YAMLError, UnicodeDecodeError) as problem:
            raise error(f"{path}: not readable as YAML: {' '.join(str(problem).split())}") from None
        if not isinstance(self.data, dict):
            raise error(f"{path}: expected a mapping of keys at the top, found {type(self.data).__name__}")

    def line(self, where: Where) -> int:
        """The line (from 1) of the key or item at this path, or of the deepest part of it that exists."""
        node, line = self._root, 1
        for step in where:
            found = _child(node, step)
            if found is None:
                break
            line, node = found
        return line

    def fail(self, where: Where, message: str, hint: str | None = None) -> LakehouseError:
        dotted = ".".join(str(step) for step in where)
        return self.error(f"{self.path}:{self.line(where)}: {dotted}: {message}", hint=hint)

    def unknown(self, where: Where, word: str, valid: Iterable[str], what: str) -> LakehouseError:
        return self.fail(where, f"unknown {what} '{word}'{nearest(word, valid)}")

    def parse(self, model: type[Model]) -> Model:
        """The document as `model`; unknown keys are refused at any depth, whatever the model allows."""
        _refuse_unknown(self, self.data, model, ())
        try:
            return model.model_validate(self.data)
        except pydantic.ValidationError as problem:
            first = problem.errors()[0]
            where = tuple(first["loc"])
            found = first.get("input")
            shown = f", found {_harmless(found)!r}" if not isinstance(found, dict | list) else ""
            raise self.fail(where, f"{first['msg'].lower()}{shown}") from None


def _harmless(found: object) -> object:
    """A value as an error may show it: of a URL, which may hold a password or token, the scheme."""
    return re.sub(r"://.*", "://…", found, flags=re.DOTALL) if isinstance(found, str) else found


def nearest(word: str, valid: Iterable[str]) -> str:
    """How an error names what was probably meant: `; did you mean 'x'?`, else the valid words."""
    words = sorted(set(valid))
    close = difflib.get_close_matches(word, words, n=1, cutoff=0.5)
    if close:
        return f"; did you mean '{close[0]}'?"
    return f"; valid: {', '.join(words)}" if words else ""


def _child(node: Any, step: str | int) -> tuple[int, Any] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return key.start_mark.line + 1, value
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        item = node.value[step]
        return item.start_mark.line + 1, item
    return None


def _refuse_unknown(document: Document, data: Any, kind: Any, where: tuple[str | int, ...]) -> None:
    if isinstance(data, list):
        for index, item in enumerate(data):
            _refuse_unknown(document, item, kind, (*where, index))
        return
    model = _model_of(kind, data)
    if not isinstance(data, dict) or model is None:
        return
    names = {field.alias or name: field.annotation for name, field in model.model_fields.items()}
    for key, value in data.items():
        if key not in names:
            raise document.unknown((*where, key), str(key), names, "key")
        _refuse_unknown(document, value, names[key], (*where, key))


def _model_of(kind: Any, data: Any) -> type[pydantic.BaseModel] | None:
    """The first pydantic model inside an annotation that could hold `data`; none for mappings of free keys."""
    if isinstance(kind, type) and issubclass(kind, pydantic.BaseModel):
        return kind
    origin = typing.get_origin(kind)
    if origin in (list, tuple, typing.Union, types.UnionType) or origin is typing.Annotated:
        for part in typing.get_args(kind):
            found = _model_of(part, data)
            if found is not None:
                return found
    return None
