"""`lakehouse report`: the dashboards of the latest release."""

from __future__ import annotations

import click

from spark_app.cli import options, screen
from spark_app.cli.where import existing
from spark_app.runtime.errors import UsageError


@click.command()
@options.where
@options.as_json
def report(environment: str, home: str | None, source: str | None, json_: bool) -> None:
    """Write the dashboards: pages of the latest release, to look at in any browser, without a network.

    Each run writes them after its release; this writes them again, in `<reports>/site`.
    """
    from spark_app.lake.paths import Lake
    from spark_app.lake.releases import latest

    settings = existing(environment, home, source)
    lake = Lake(settings.resolve(settings.lake), settings.s3)
    release = latest(lake)
    if release is None:
        raise UsageError("there is no release yet", hint="lakehouse run, or lakehouse demo")
    from spark_app.contracts.load import load_contracts
    from spark_app.report.address import site_uri
    from spark_app.report.site import write_site

    site = write_site(settings, lake, load_contracts())
    release = site.release if site else release
    page = f"{site_uri(settings)}/index.html"
    if json_:
        screen.print_json({"release_id": release.release_id, "page": page})
    else:
        screen.console.print(f"release {release.release_id}: {page}")
