"""`python -m spark_app.cli`, and the command `lakehouse`."""

from typing import NoReturn

from spark_app.cli import main
from spark_app.runtime.ending import run_and_end


def command() -> NoReturn:
    """The command to the end of the process."""
    run_and_end(main)


if __name__ == "__main__":
    command()
