"""The `lakehouse` command. Each command is thin: it asks the jobs and shows what they say."""

from __future__ import annotations

import sys

import click

from spark_app import __version__
from spark_app.cli.alerts import alerts
from spark_app.cli.ddl import ddl
from spark_app.cli.demo import demo
from spark_app.cli.doctor import doctor
from spark_app.cli.quarantine import quarantine
from spark_app.cli.releases import releases
from spark_app.cli.replay import replay
from spark_app.cli.report import report
from spark_app.cli.run import rebuild, run
from spark_app.cli.screen import fail
from spark_app.cli.status import status
from spark_app.runtime.errors import LakehouseError

HELP = """An e-commerce lakehouse: daily CSV drops to an audited star schema.

\b
  lakehouse demo                      a made-up shop, the whole way, in two minutes
  lakehouse run --env local           yesterday's drop (UTC), with late files of the week before
  lakehouse status                    what readers see, and how the last runs went

\b
Exit codes: 0 released or nothing new · 2 usage, settings or contract · 3 landing incomplete ·
4 audit failed, release withheld · 1 anything else.
"""


@click.group(help=HELP, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="lakehouse")
def lakehouse() -> None:
    """The command group; see HELP."""


for command in (alerts, demo, run, replay, status, quarantine, releases, report, rebuild, ddl, doctor):
    lakehouse.add_command(command)


def main() -> None:
    """Entry point: errors of ours end with their exit code and one message, never a stack trace."""
    try:
        lakehouse.main(standalone_mode=False, prog_name="lakehouse")
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except click.Abort:
        sys.exit(1)
    except LakehouseError as error:
        fail(error.message, error.hint)
        sys.exit(error.exit_code)
