"""YAML that remembers its lines, and pydantic models checked against it.

An unknown key or a wrong value becomes one sentence naming file, line and the nearest valid word.
"""

from __future__ import annotations

import difflib
import re
import types
import typing
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pydantic
import yaml
from yaml.constructor import SafeConstructor

from spark_app.runtime.errors import LakehouseError, join_errors
from spark_app.runtime.yaml_traps import doubled, meant, unusable, value_of

Model = TypeVar("Model", bound=pydantic.BaseModel)
Where = Sequence[str | int]


class Document:
    """One YAML file: its data and the line of every key and value."""

    def __init__(self, path: Path, error: type[LakehouseError]) -> None:
        self.path, self.error = path, error
        try:
            self._root = _compose(path.read_text(encoding="utf-8"))
            self._refuse_doubled()
            self.data: Any = None if self._root is None else SafeConstructor().construct_document(self._root)
        except FileNotFoundError:
            raise error(f"{path}: no such file") from None
        except (yaml.YAMLError, UnicodeDecodeError) as problem:
            raise error(f"{path}: not readable as YAML: {' '.join(str(problem).split())}") from None
        except ValueError as problem:
            raise self._unusable(problem) from None
        if not isinstance(self.data, dict):
            raise error(f"{path}: expected a mapping of keys at the top, found {type(self.data).__name__}")

    def line(self, where: Where) -> int:
        """The line (from 1) of the key or item at this path, or of the deepest part of it that exists."""
        return self._find(where)[0]

    def place(self, where: Where, at: int | None = None) -> str:
        """`line:column` (from 1) of the value at this path; `at`: of that character of it, where it stands as it is."""
        node = self._find(where)[1]
        if node is None:
            return f"{self.line(where)}:1"
        start, end = node.start_mark, node.end_mark
        quote = 1 if isinstance(node, yaml.ScalarNode) and node.style in ("'", '"') else 0
        plain = isinstance(node, yaml.ScalarNode) and end.index - start.index == len(node.value) + 2 * quote
        inside = at + quote if at is not None and plain and start.line == end.line else 0
        return f"{start.line + 1}:{start.column + 1 + inside}"

    def _find(self, where: Where) -> tuple[int, Any, Any]:
        """(line of the key or item, node, key as it is written) of the deepest part of the path that exists."""
        line, node, key = 1, self._root, None
        for step in where:
            found = _child(node, step)
            if found is None:
                if _of_no_list(node, step):
                    continue
                break
            line, node, key = found
        return line, node, key

    def _written(self, where: Where) -> list[str | int]:
        """The path without places in a list that the file does not have: one item may stand without it."""
        written: list[str | int] = []
        for step in where:
            if not _of_no_list(self._find(written)[1], step):
                written.append(step)
        return written

    def _refuse_doubled(self) -> None:
        problems = [
            self.fail(where, f"stands twice, first at line {first}; one would silently replace the other", line=line)
            for where, line, first in doubled(self._root)
        ]
        if problems:
            raise join_errors(problems)

    def _unusable(self, problem: ValueError) -> LakehouseError:
        problems = [
            self.fail(where, f"put {text} in quotes: YAML takes it for a date, and it is none")
            for where, text in unusable(self._root)
        ]
        return join_errors(problems) if problems else self.error(f"{self.path}: not readable as YAML: {problem}")

    def fail(self, where: Where, message: str, hint: str | None = None, *, line: int | None = None) -> LakehouseError:
        dotted = ".".join(str(step) for step in self._written(where))
        return self.error(f"{self.path}:{line or self.line(where)}: {dotted}: {message}", hint=hint)

    def unknown(self, where: Where, word: str, valid: Iterable[str], what: str) -> LakehouseError:
        return self.fail(where, f"unknown {what} '{word}'{nearest(word, valid)}")

    def parse(self, model: type[Model]) -> Model:
        """The document as `model`, or all that is wrong with it; unknown keys are refused at any depth."""
        unknown = list(_unknown(self, self.data, model, ()))
        try:
            parsed = model.model_validate(self.data)
        except pydantic.ValidationError as problem:
            # A misspelt key is told once: not also as one that nobody knows, or as the one it stands for, missing.
            strange = {where[:-1] for where, _ in unknown}
            known = {where for where, _ in unknown}
            wrong = [
                (tuple(one["loc"]), self._wrong(one))
                for one in problem.errors()
                if not (one["type"] == "extra_forbidden" and tuple(one["loc"]) in known)
                and not (one["type"] == "missing" and tuple(one["loc"])[:-1] in strange)
            ]
            in_order = sorted([*unknown, *wrong], key=lambda one: self.line(one[0]))
            raise join_errors([error for _, error in in_order]) from None
        if unknown:
            raise join_errors([error for _, error in unknown])
        return parsed

    def _wrong(self, problem: Any) -> LakehouseError:
        """What pydantic found, in our words where YAML has made something of it that nobody wrote."""
        found, is_key = problem.get("input"), problem["loc"][-1:] == ("[key]",)
        where = tuple(problem["loc"][:-1] if is_key else problem["loc"])
        _, node, key = self._find(where)
        written = key if is_key else node.value if isinstance(node, yaml.ScalarNode) else None
        message = meant(problem["type"], found, written)
        if message is None:
            message = problem["msg"].lower()
            message += f", found {_harmless(found)!r}" if not isinstance(found, dict | list) else ""
        elif is_key:
            where = (*where[:-1], str(key))
        return self.fail(where, message)


def _compose(text: str) -> Any:
    """The text's nodes, by libyaml where there is one: a run reads some thirty files, which takes Python a second."""
    quick = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return yaml.compose(text, Loader=quick)
    except yaml.YAMLError:
        return yaml.compose(text, Loader=yaml.SafeLoader)  # its errors show the place


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


def _child(node: Any, step: str | int) -> tuple[int, Any, str | None] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            # `No` is a key that pydantic calls False, `1` one it calls 1.
            if key.value == str(step) or (not isinstance(step, str) and value_of(key) == step):
                return key.start_mark.line + 1, value, key.value
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        item = node.value[step]
        return item.start_mark.line + 1, item, None
    return None


def _of_no_list(node: Any, step: str | int) -> bool:
    """Whether a step into a list meets the one item that stands there instead."""
    return isinstance(step, int) and isinstance(node, yaml.MappingNode) and _child(node, step) is None


Told = tuple[tuple[str | int, ...], LakehouseError]


def _unknown(document: Document, data: Any, kind: Any, where: tuple[str | int, ...]) -> Iterator[Told]:
    if isinstance(data, list):
        for index, item in enumerate(data):
            yield from _unknown(document, item, kind, (*where, index))
        return
    model = _model_of(kind, data)
    if not isinstance(data, dict):
        return
    if model is None:
        for part in (kind, *typing.get_args(kind)):
            if typing.get_origin(part) is dict:
                for key, value in data.items():
                    yield from _unknown(document, value, typing.get_args(part)[1], (*where, key))
        return
    names = {field.alias or name: field.annotation for name, field in model.model_fields.items()}
    for key, value in data.items():
        if key not in names:
            yield (*where, key), document.unknown((*where, key), str(key), names, "key")
        else:
            yield from _unknown(document, value, names[key], (*where, key))


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
