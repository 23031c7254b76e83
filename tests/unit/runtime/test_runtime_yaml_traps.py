"""What YAML makes of a text that was meant otherwise is told in our words, with its line."""

from __future__ import annotations

from pathlib import Path

import pydantic
import pytest

from spark_app.runtime.errors import SettingsError
from spark_app.runtime.yaml_lines import Document


class Part(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid")
    from_: str = pydantic.Field("", alias="from")
    codes: dict[str, str] = {}
    columns: tuple[str, ...] = ()


class Whole(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid")
    name: str
    parts: dict[str, Part] = {}


def told(tmp_path: Path, text: str) -> list[str]:
    """What is said of a file, a line each, without its path."""
    path = tmp_path / "shop.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as error:
        Document(path, SettingsError).parse(Whole)
    return str(error.value).replace(f"{path}:", "").splitlines()


def test_a_key_that_stands_twice_names_both_lines(tmp_path: Path) -> None:
    text = "name: a\nparts:\n  lines: {from: tills}\n  goods: {from: x}\n  lines: {from: web}\nname: b\n"
    assert told(tmp_path, text) == [
        "5: parts.lines: stands twice, first at line 3; one would silently replace the other",
        "6: name: stands twice, first at line 1; one would silently replace the other",
    ]
    assert told(tmp_path, "name: a\nparts: {x: {codes: {A: b, A: c}}}") == [
        "2: parts.x.codes.A: stands twice, first at line 2; one would silently replace the other"
    ]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("codes: {No: created}", "codes.No: put No in quotes: YAML reads it as false"),
        ("codes: {on: created}", "codes.on: put on in quotes: YAML reads it as true"),
        ("codes: {1: created}", "codes.1: put 1 in quotes: YAML reads it as the number 1"),
        ("codes: {12:30: created}", "codes.12:30: put 12:30 in quotes: YAML reads it as the number 750"),
        ("codes: {A: 007}", "codes.A: put 007 in quotes: YAML reads it as the number 7"),
        ("from: 2024-03-01", "from: put 2024-03-01 in quotes: YAML reads it as a date"),
        ("from: 2024-02-31", "from: put 2024-02-31 in quotes: YAML takes it for a date, and it is none"),
        ("from: ~", "from: expected a text, found nothing"),
        ("from: [a, b]", "from: expected a text, found a list"),
        ("columns: Order No", "columns: expected a list, as [a, b], found 'Order No'"),
        ("codes: Open", "codes: expected names with values, as {a: b}, found 'Open'"),
    ],
)
def test_what_yaml_reads_otherwise_is_told_as_it_is_written(tmp_path: Path, written: str, said: str) -> None:
    assert told(tmp_path, f"name: a\nparts:\n  x:\n    {written}\n") == [f"4: parts.x.{said}"]


def test_all_that_is_wrong_comes_in_one_answer_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = "nam: a\nparts:\n  x: {form: tills, codes: {No: b}}\n  y: {columns: c}\n"
    assert told(tmp_path, text) == [
        "1: nam: unknown key 'nam'; did you mean 'name'?",
        "3: parts.x.form: unknown key 'form'; did you mean 'from'?",
        "3: parts.x.codes.No: put No in quotes: YAML reads it as false",
        "4: parts.y.columns: expected a list, as [a, b], found 'c'",
    ]


def test_the_place_of_a_character_in_a_value(tmp_path: Path) -> None:
    path = tmp_path / "shop.yaml"
    path.write_text("name: 'abc'\nparts:\n  x: {from: plain}\n", encoding="utf-8")
    document = Document(path, SettingsError)
    assert document.place(("name",)) == "1:7"
    assert document.place(("name",), 2) == "1:10"
    assert document.place(("parts", "x", "from"), 2) == "3:15"
