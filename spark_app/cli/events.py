"""`lakehouse events`: what a source's events look like, for who sends them."""

from __future__ import annotations

import click

from spark_app.cli import options
from spark_app.cli.screen import print_json
from spark_app.cli.where import settings_of


@click.command()
@options.where
@click.argument("dataset", required=False)
@options.as_json
def events(environment: str, home: str | None, source: str | None, dataset: str | None, json_: bool) -> None:
    """Print the JSON Schema of events: of a dataset, else of all that topics carry, else of all of the source.

    \b
      lakehouse events orders > orders.schema.json
      lakehouse events --source shopify
    """
    from spark_app.contracts.event_schema import event_schema
    from spark_app.contracts.load import load_contracts
    from spark_app.contracts.sources import load_source

    settings, contracts = settings_of(environment, home, source), load_contracts()
    known = load_source(settings.source, contracts)
    carried = tuple(settings.kafka.topics.values()) if settings.kafka and not source else ()
    schemas = [event_schema(known, one, contracts) for one in ([dataset] if dataset else carried or known.datasets)]
    single = dataset is not None and not json_  # a script gets a list, however many
    print_json(schemas[0] if single else schemas)
