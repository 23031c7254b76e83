"""`lakehouse report`: the dashboards of the latest release."""

from __future__ import annotations

import click

from spark_app.cli import options, screen


@click.command()
@options.where
def report(environment: str, home: str | None, source: str | None) -> None:
    """Write the dashboards: pages of the latest release, to look at in any browser, without a network.

    Each run writes them after its release; this writes them again, in `<reports>/site`.
    """
    from spark_app.contracts.load import load_contracts
    from spark_app.lake.paths import Lake
    from spark_app.report.address import site_uri
    from spark_app.report.site import write_site
    from spark_app.runtime.errors import UsageError
    from spark_app.runtime.settings import load_settings

    settings = load_settings(environment, home=home, source=source)
    written = write_site(settings, Lake(settings.resolve(settings.lake), settings.s3), load_contracts())
    if written is None:
        raise UsageError("there is no release yet", hint="lakehouse run, or lakehouse demo")
    screen.console.print(f"release {written.release.release_id}: {site_uri(settings)}/index.html")
