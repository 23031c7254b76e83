"""Asking AWS what something cost: a client that gives up soon, and errors in our words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from spark_app.runtime.errors import LakehouseError
from spark_app.runtime.settings import Settings

_SECONDS = 10  # for an answer: a network without a way there must not hold a run up


def client(service: str, settings: Settings, region: str | None = None) -> Any:
    """A client of boto3's, in the environment's region; credentials are found as every AWS tool does."""
    import boto3
    from botocore.config import Config

    config = Config(connect_timeout=5, read_timeout=_SECONDS, retries={"total_max_attempts": 2, "mode": "standard"})
    session: Any = boto3.Session()  # its types know services by their literal names alone
    return session.client(service, region_name=region or settings.s3.region, config=config)


@contextmanager
def aws_errors_named(action: str, where: str) -> Iterator[None]:
    """LakehouseError that names the actions asked for and the thing asked about, for what boto3 raises."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except (BotoCoreError, ClientError) as error:
        first = str(error).splitlines()[0]
        raise LakehouseError(
            f"{where}: {first}", hint=f"the role needs {action}, and a way to the service: docs/cost.md"
        ) from None
