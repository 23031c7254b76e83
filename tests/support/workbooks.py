"""Excel workbooks written by hand, so that tests say what a file holds and not what a library makes of it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from xml.sax.saxutils import escape

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_DAY, _MOMENT, _TIME, _HOURS = 1, 2, 3, 4  # places of the styles below
_TYPES = (
    f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
_BOOK = f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
_STYLES = (
    '<numFmts count="3"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd hh:mm:ss"/>'
    '<numFmt numFmtId="165" formatCode="hh:mm"/><numFmt numFmtId="166" formatCode="[h]:mm:ss"/></numFmts>'
    '<cellXfs count="5"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/>'
    '<xf numFmtId="166"/></cellXfs>'
)


@dataclass(frozen=True)
class Raw:
    """A cell as it stands in the file: its text, its kind, its style, its formula."""

    value: str | None
    kind: str = "n"
    style: int = 0
    formula: str | None = None


HOURS = _HOURS
Value = Raw | str | int | float | bool | date | time | None


def workbook(sheets: Mapping[str, Sequence[Sequence[Value]]], hidden: Sequence[str] = (), prefix: str = "") -> bytes:
    """An .xlsx file of these sheets; None is no cell. `prefix`: of the XML's names, as some programs write them."""
    texts: dict[str, int] = {}
    parts = {f"xl/worksheets/sheet{at}.xml": _sheet(rows, texts) for at, rows in enumerate(sheets.values(), 1)}
    states = dict.fromkeys(hidden, ' state="hidden"')
    listed = "".join(
        f'<sheet name="{escape(name)}" sheetId="{at}" r:id="rId{at}"{states.get(name, "")}/>'
        for at, name in enumerate(sheets, 1)
    )
    names = f'xmlns="{_MAIN}" xmlns:r="{_OFFICE}"'
    links = f'xmlns="{_PACKAGE}/relationships"'
    kinds = [(f"rId{at}", "worksheet", f"worksheets/sheet{at}.xml") for at in range(1, len(sheets) + 1)]
    kinds += [("rIdS", "styles", "styles.xml"), ("rIdT", "sharedStrings", "sharedStrings.xml")]
    relations = "".join(
        f'<Relationship Id="{one}" Type="{_OFFICE}/{kind}" Target="{path}"/>' for one, kind, path in kinds
    )
    shared = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in texts)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", f"<Relationships {links}>{_BOOK}</Relationships>")
        archive.writestr("xl/workbook.xml", f"<workbook {names}><sheets>{listed}</sheets></workbook>")
        archive.writestr("xl/_rels/workbook.xml.rels", f"<Relationships {links}>{relations}</Relationships>")
        archive.writestr("xl/styles.xml", f'<styleSheet xmlns="{_MAIN}">{_STYLES}</styleSheet>')
        archive.writestr("xl/sharedStrings.xml", f'<sst xmlns="{_MAIN}">{shared}</sst>')
        for path, text in parts.items():
            archive.writestr(path, _prefixed(text, prefix) if prefix else text)
    return packed.getvalue()


def _sheet(rows: Sequence[Sequence[Value]], texts: dict[str, int]) -> str:
    body = ""
    for number, row in enumerate(rows, 1):
        cells = "".join(_cell(value, f"{_letters(at)}{number}", texts) for at, value in enumerate(row, 1))
        body += f'<row r="{number}">{cells}</row>' if cells else ""
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{body}</sheetData></worksheet>'


def _cell(value: Value, place: str, texts: dict[str, int]) -> str:
    if value is None:
        return ""
    raw = value if isinstance(value, Raw) else _raw(value, texts)
    formula = "" if raw.formula is None else f"<f>{escape(raw.formula)}</f>"
    inside = "" if raw.value is None else f"<v>{escape(raw.value)}</v>"
    return f'<c r="{place}" t="{raw.kind}" s="{raw.style}">{formula}{inside}</c>'


def _raw(value: str | int | float | bool | date | time, texts: dict[str, int]) -> Raw:
    if isinstance(value, str):
        return Raw(str(texts.setdefault(value, len(texts))), "s")
    if isinstance(value, bool):
        return Raw(str(int(value)), "b")
    if isinstance(value, datetime):
        past = (value - datetime(1899, 12, 30)).total_seconds() / 86_400
        return Raw(repr(past), style=_MOMENT)
    if isinstance(value, date):
        return Raw(str((value - date(1899, 12, 30)).days), style=_DAY)
    if isinstance(value, time):
        return Raw(repr((value.hour * 60 + value.minute) / 1440), style=_TIME)
    return Raw(repr(value))


def _letters(column: int) -> str:
    found = ""
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(ord("A") + rest) + found
    return found


def _prefixed(text: str, prefix: str) -> str:
    names = ("worksheet", "sheetData", "row", "c", "v", "f")
    for name in names:
        for begin in ("<", "</"):
            for end in (" ", ">"):
                text = text.replace(f"{begin}{name}{end}", f"{begin}{prefix}:{name}{end}")
    return text.replace(f'xmlns="{_MAIN}"', f'xmlns:{prefix}="{_MAIN}"')
