"""The `lakehouse` command. Each command is thin: it asks the jobs and shows what they say."""

from __future__ import annotations

import sys
import traceback
from typing import NoReturn

import click

from spark_app import __version__
from spark_app.cli import screen
from spark_app.cli.alerts import alerts
from spark_app.cli.cost import cost
from spark_app.cli.ddl import ddl
from spark_app.cli.demo import demo
from spark_app.cli.doctor import doctor
from spark_app.cli.events import events
from spark_app.cli.land import land
from spark_app.cli.quarantine import quarantine
from spark_app.cli.releases import releases
from spark_app.cli.replay import replay
from spark_app.cli.report import report
from spark_app.cli.run import rebuild, run
from spark_app.cli.status import status
from spark_app.cli.watch import watch
from spark_app.lake.failures import as_failure
from spark_app.runtime.errors import LakehouseError, UsageError
from spark_app.runtime.yaml_lines import nearest

HELP = """An e-commerce lakehouse: daily CSV drops to an audited star schema.

\b
  lakehouse demo                      a made-up shop, the whole way, in two minutes
  lakehouse run --env local           yesterday's drop (UTC), and what landed since the last run
  lakehouse watch                     today so far, minutes after it was sold
  lakehouse status                    what readers see, and how the last runs went

\b
Exit codes: 0 released or nothing new · 2 usage, settings or contract · 3 landing incomplete ·
4 audit failed, release withheld · 1 anything else.
"""


@click.group(help=HELP, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="lakehouse")
def lakehouse() -> None:
    """The command group; see HELP."""


COMMANDS = (
    alerts,
    demo,
    run,
    watch,
    replay,
    land,
    status,
    quarantine,
    releases,
    report,
    rebuild,
    ddl,
    events,
    cost,
    doctor,
)


for command in COMMANDS:
    lakehouse.add_command(command)


def main() -> None:
    """Entry point: errors of ours end with their exit code and one message, as JSON where that was asked for."""
    json_ = "--json" in sys.argv[1:]
    try:
        lakehouse.main(standalone_mode=False, prog_name="lakehouse")
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(2)
    except click.ClickException as error:
        _end(_as_ours(error), json_)
    except (click.Abort, KeyboardInterrupt):
        _end(LakehouseError("stopped before it was done", hint="the same again goes on from there"), json_)
    except LakehouseError as error:
        _end(error, json_)
    except Exception as error:
        failed = as_failure(error, "the lake")
        if failed is None:  # a fault of ours: whoever mends it needs to see where
            traceback.print_exc()
        _end(failed or LakehouseError(f"{type(error).__name__}: {error}"), json_)


def _as_ours(error: click.ClickException) -> UsageError:
    """A wrong command, option or value: what click says of it, and the words there are."""
    message = error.format_message().removesuffix(".")
    context = error.ctx if isinstance(error, click.UsageError) else None
    if isinstance(error, click.exceptions.NoSuchCommand) and context is not None:
        group = context.command
        known = group.list_commands(context) if isinstance(group, click.Group) else []
        message = f"no such command '{error.command_name}'{nearest(error.command_name, known)}"
    return UsageError(message, hint=f"see: {context.command_path if context else 'lakehouse'} --help")


def _end(error: LakehouseError, json_: bool) -> NoReturn:
    if json_:
        screen.print_json({"exit_code": error.exit_code, "message": error.message, "hint": error.hint})
    else:
        screen.fail(error.message, error.hint)
    sys.exit(error.exit_code)
