"""`lakehouse land`: a big export, or a folder of files, as the daily drops it implies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from spark_app.cli import options
from spark_app.cli.screen import console, print_json
from spark_app.cli.where import settings_of
from spark_app.runtime.errors import UsageError
from spark_app.runtime.yaml_lines import nearest

if TYPE_CHECKING:
    from spark_app.contracts.mapping import Source
    from spark_app.lake.lay import Laid
    from spark_app.lake.lay_rows import DayColumn
    from spark_app.lake.paths import Landing


@click.command()
@click.argument("path", metavar="FILE|FOLDER", type=click.Path(path_type=Path))
@options.where
@click.option("--dataset", help="Which of the source's datasets it is; needed where there are several.")
@click.option("--by", "columns", multiple=True, help="Column that tells a row's day; of several, the first not blank.")
@click.option(
    "--format", "formats", multiple=True, help="How that day is written, as dd/MM/yyyy; else as the source says."
)
@click.option("--by-name", is_flag=True, help="Each file whole into the day that its name tells.")
@click.option("--date", "day", type=options.DAY, help="All of it, whole, into the drop of this day.")
@click.option("--landing", help="Folder or s3a:// URI instead of the environment's landing.")
@options.as_json
def land(
    path: Path,
    environment: str,
    home: str | None,
    source: str | None,
    dataset: str | None,
    columns: tuple[str, ...],
    formats: tuple[str, ...],
    by_name: bool,
    day: date | None,
    landing: str | None,
    json_: bool,
) -> None:
    """Lay an export into landing as daily drops. The same again changes nothing.

    \b
      lakehouse land orders_export.csv --source shopify --home .lakehouse/shop --by "Created at"
      lakehouse land tills/ --source tills --by-name
      lakehouse land history.csv --source shop --date 2024-12-31
    """
    from spark_app.contracts.load import load_contracts
    from spark_app.contracts.sources import datasets_of, load_source
    from spark_app.lake import lay
    from spark_app.lake.paths import Landing

    if sum((bool(columns), by_name, day is not None)) > 1:
        raise UsageError("--by, --by-name and --date exclude each other")
    settings = settings_of(environment, home, source)
    shop = load_source(settings.source, load_contracts())
    name = _dataset(shop, dataset)
    there = Landing(landing or settings.resolve(settings.landing), settings.s3)
    paths = _files(path)
    kind = datasets_of(shop)[name]
    if day is not None:
        laid = lay.on_day(paths, day, kind, there)
    elif by_name or (path.is_dir() and not columns):
        laid = lay.by_name(paths, path if path.is_dir() else path.parent, kind, there)
    else:
        laid = lay.by_columns(paths, kind, _day_columns(shop, name, columns, formats), there)
    words = [f"--env {environment}" if environment != "local" else "", f"--source {source}" if source else ""]
    words.append(f"--home {home}" if home else "")
    _tell(laid, there, " ".join(word for word in words if word), json_)


def _dataset(source: Source, name: str | None) -> str:
    known = list(source.datasets)
    if name is None:
        if len(known) > 1:
            raise UsageError(
                f"source {source.source} has several datasets; expected --dataset, one of {', '.join(known)}"
            )
        return known[0]
    if name not in known:
        raise UsageError(f"source {source.source}: unknown dataset '{name}'{nearest(name, known)}")
    return name


def _files(path: Path) -> list[Path]:
    """The file, or all files below the folder but hidden ones."""
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise UsageError(f"{path}: no such file or folder")
    found = sorted(
        one
        for one in path.rglob("*")
        if one.is_file() and not any(part[0] in "._" for part in one.relative_to(path).parts)
    )
    if not found:
        raise UsageError(f"{path}: no file in it; expected some")
    return found


def _day_columns(source: Source, dataset: str, columns: Sequence[str], formats: Sequence[str]) -> list[DayColumn]:
    """The columns that tell a row's day: those given, else the one that the source's `updated_at` comes from."""
    from spark_app.contracts.blanks import folded
    from spark_app.contracts.days_in_text import day_reader
    from spark_app.lake.lay_rows import DayColumn

    mapped = [
        (name, one)
        for parts in source.entities.values()
        for part in parts
        if part.dataset == dataset
        for name, one in part.columns.items()
        if one.column is not None
    ]
    chosen = list(columns) or [one.column for name, one in mapped if name == "updated_at" and one.column][:1]
    if not chosen:
        raise UsageError(
            f"dataset {dataset}: which column tells the day of a row? Its updated_at is no plain column",
            hint="name it: --by COLUMN (several: the first that is not blank); or lay whole files: --by-name, --date",
        )
    found = []
    for name in chosen:
        own = [one.formats for _, one in mapped if folded(one.column or "") == folded(name) and one.formats]
        found.append(DayColumn(name, day_reader(formats or (own[0] if own else ()))))
    return found


def _tell(laid: Laid, landing: Landing, where: str, json_: bool) -> None:
    if json_:
        days = {"first_day": laid.first_day.isoformat(), "last_day": laid.last_day.isoformat()}
        print_json({"landing": str(landing), **laid.__dict__, **days})
        return
    rows = "" if laid.rows is None else f"{laid.rows:,} rows of "
    files = ", ".join(f"{count:,} {what}" for what, count in laid.files.items() if count)
    console.print(f"{rows}{laid.days:,} days of {laid.dataset} in {landing}: files {files}")
    asked = f"--from {laid.first_day} --to {laid.last_day}" if laid.days > 1 else f"--date {laid.first_day}"
    console.print(f"next: lakehouse run {where} {asked}".replace("  ", " "))
