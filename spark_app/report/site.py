"""The site: every page of a release, written to a folder or a bucket, the pages after what they load.

A reader meets each file whole, the old one or the new. Pages need nothing but the files beside them.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import jinja2

from spark_app.contracts.table import Contract
from spark_app.lake import objects
from spark_app.lake.paths import Lake
from spark_app.lake.releases import Release
from spark_app.report import cost, customers, delivery, morning, payments, products, quality, sales
from spark_app.report.address import site_uri
from spark_app.report.assets import assets, content_hash
from spark_app.report.cube import EPOCH
from spark_app.report.data import ReportData, open_release
from spark_app.report.numbers import changed, day_text, symbol, time_text, written
from spark_app.report.page import Page
from spark_app.report.ripeness import RIPE, Ripeness, ripeness
from spark_app.report.trust import Trust, trust
from spark_app.report.waiting import look
from spark_app.runtime.record import RunRecord
from spark_app.runtime.settings import Settings

# To add a page: a module with page(data) -> Page, a template of the name it gives, and its place here. None: no page,
# for there is nothing to show.
PAGES: tuple[Callable[[ReportData], Page | None], ...] = (
    morning.page,
    sales.page,
    customers.page,
    payments.page,
    products.page,
    delivery.page,
    quality.page,
    cost.page,
)


@dataclass(frozen=True)
class Written:
    """The release whose pages were written, and what they say of trusting it."""

    release: Release
    trust: Trust


def write_site(
    settings: Settings, lake: Lake, contracts: Mapping[str, Contract], *, publishing: RunRecord | None = None
) -> Written | None:
    """Write the site of the latest release to `<reports>/site`; None where there is none yet.

    `publishing`: the run that has come all the way and writes it.
    """
    shown = (settings.environment, settings.report_days)
    name, waiting = settings.reporting.shop, look(settings, contracts)
    with open_release(lake, contracts, *shown, shop=name, publishing=publishing, waiting=waiting) as data:
        if data is None:
            return None
        files = render(data, data_docs=settings.data_docs)
        _put(files, site_uri(settings), settings)
        return Written(data.release, trust(data))


def render(data: ReportData, *, data_docs: bool = False) -> dict[str, str]:
    """Path in the site → content, in the order to write them in: what a page loads first, the morning page last.

    `data_docs`: whether there are Great Expectations' beside it, to be pointed to.
    """
    loaded = assets()
    pages = [page for make in PAGES if (page := make(data))]
    environment = _environment(data, pages, {name: content_hash(content) for name, content in loaded.items()})
    ripening = ripeness(data)
    files = {f"assets/{name}": content for name, content in loaded.items()}
    for page in reversed(pages):
        embedded = _embedded(data, page, ripening)
        files[f"{page.name}.html"] = environment.get_template(page.template).render(
            page=page, embedded=embedded, data_docs=data_docs
        )
    return files


def _put(files: Mapping[str, str], uri: str, settings: Settings) -> None:
    with tempfile.TemporaryDirectory(prefix="lakehouse-") as folder:
        for name, content in files.items():
            path = Path(folder) / name.rpartition("/")[2]
            path.write_text(content, encoding="utf-8")
            objects.put_file(path, f"{uri}/{name}", settings.s3)


def _environment(data: ReportData, pages: list[Page], words: Mapping[str, str]) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    currency = data.reporting.currency
    environment.filters["written"] = lambda value, unit, exact=False: written(value, unit, currency, exact=exact)
    environment.filters["day"] = day_text
    environment.filters["time"] = time_text
    environment.globals.update(
        data=data,
        metrics=data.metrics.by_name,
        pages=pages,
        words=words,
        changed=changed,
        words_of=words_of,
    )
    return environment


def words_of(page: Page, column: str) -> list[str]:
    """What can be chosen of a column: every word that a cube of the page has."""
    found = (cube["by"][column]["words"] for cube in page.cubes.values() if column in cube["by"])
    return sorted({word for words in found for word in words})


def _embedded(data: ReportData, page: Page, ripening: Ripeness) -> str:
    """What the page's script is told, as JSON that may stand in HTML."""
    used = {name for figure in page.figures.values() if figure.query for name in figure.query.metrics}
    used |= {tile.metric for tile in page.tiles}
    kinds = sorted({kind for name in used if (kind := data.metrics[name].ripens)})
    content = {
        "currency": {"code": data.reporting.currency, "symbol": symbol(data.reporting.currency)},
        "span": {
            "first": (data.first - EPOCH).days,
            "last": (data.last - EPOCH).days,
            "missing": [(day - EPOCH).days for day in data.drops.missing(data.first, data.last)],
        },
        "dates": page.dates,
        "filters": [asdict(one) for one in page.filters],
        "tiles": [asdict(tile) for tile in page.tiles],
        "metrics": {name: _metric_fields(data, name) for name in sorted(used)},
        "ripe": RIPE,
        "ripening": {kind: ripening.embedded(kind) for kind in kinds},
        "cubes": page.cubes,
        "figures": {name: asdict(figure) for name, figure in page.figures.items()},
    }
    text = json.dumps(content, separators=(",", ":"), ensure_ascii=False, default=_plain)
    return text.replace("<", "\\u003c")


def _metric_fields(data: ReportData, name: str) -> dict[str, str | None]:
    metric = data.metrics[name]
    fields = ("title", "unit", "better", "description", "ripens")
    return {name: getattr(metric, name) for name in fields}


def _plain(value: object) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(f"no JSON for {type(value).__name__}")
