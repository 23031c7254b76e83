"""What the pages load: Vega (made once by vl-convert and kept), our script and style. Nothing comes from a network."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
from pathlib import Path

from spark_app.report.vega import make_bundle
from spark_app.runtime.errors import LakehouseError
from spark_app.runtime.jars import cache_root

VEGA = "vega.js"
_HERE = Path(__file__).parent
# In this order they are one script; each is some functions, the last one begins.
SCRIPTS = (
    "numbers",
    "periods",
    "cubes",
    "ripeness",
    "queries",
    "charts",
    "tables",
    "figures",
    "tiles",
    "address",
    "page",
)


def assets() -> dict[str, str]:
    """File name → content, of what lies in the site's `assets/`."""
    parts = "\n".join((_HERE / "script" / f"{name}.js").read_text(encoding="utf-8") for name in SCRIPTS)
    return {
        VEGA: vega_bundle(),
        "site.js": f'(() => {{\n"use strict";\n{parts}\n}})();\n',
        "site.css": (_HERE / "script" / "site.css").read_text(encoding="utf-8"),
    }


def content_hash(content: str) -> str:
    """A word that changes with a file's content, so that browsers keep what they have and take what is new."""
    return hashlib.sha256(content.encode()).hexdigest()[:10]


def vega_bundle() -> str:
    """Vega, Vega-Lite and Vega-Embed as one script: as built into the image, as kept in the cache, or made now."""
    built_in = _HERE / "script" / VEGA
    if built_in.is_file():
        return built_in.read_text(encoding="utf-8")
    try:
        version = importlib.metadata.version("vl-convert-python")
    except importlib.metadata.PackageNotFoundError:
        raise LakehouseError(
            f"dashboards: no {built_in} and no package vl-convert-python to make it with",
            hint="pip install vl-convert-python, or use the image, which has it built in",
        ) from None
    kept = cache_root() / f"vega-{version}.js"
    if kept.is_file():
        return kept.read_text(encoding="utf-8")
    content = make_bundle()
    _keep(kept, content)
    return content


def _keep(path: Path, content: str) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(content, encoding="utf-8")
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)  # a read-only home: made again next time
