"""Start the stand-in for Amazon Redshift: python -m redshift_standin --port 5439 --data DIR."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from pathlib import Path

from redshift_standin import start
from redshift_standin.faults import KINDS, fault


def main() -> int:
    """Serve until SIGTERM or SIGINT."""
    arguments = _parser().parse_args()
    enough = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: enough.set())
    server = start(
        data=arguments.data,
        port=arguments.port,
        host=arguments.host,
        user=arguments.user,
        password=os.environ.get("REDSHIFT_STANDIN_PASSWORD", "Standin-1"),
        database=arguments.database,
        s3_endpoint=arguments.s3_endpoint,
    )
    with server:
        for text in arguments.fault:
            server.faults.arm(text)
        sys.stdout.write(
            f"ready: a stand-in for Amazon Redshift (not Redshift) on {server.host} port {server.port}, "
            f"database {server.database}, user {server.user}\n"
        )
        sys.stdout.flush()
        while not enough.wait(1):
            if server.postgres.process.poll() is not None:
                sys.stderr.write("PostgreSQL has stopped\n")
                return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description="A stand-in for Amazon Redshift: PostgreSQL behind a wire proxy.",
        epilog="The user's password: environment REDSHIFT_STANDIN_PASSWORD, else Standin-1.",
    )
    parser.add_argument("--port", type=int, default=5439)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--data", type=Path, help="kept between runs; without it all goes when it stops")
    parser.add_argument("--user", default="awsuser")
    parser.add_argument("--database", default="dev")
    parser.add_argument(
        "--s3-endpoint", default=os.environ.get("AWS_ENDPOINT_URL_S3"), help="as http://127.0.0.1:9000; none: AWS's own"
    )
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="KIND[:TABLE]",
        type=lambda text: (fault(text), text)[1],
        help=f"strikes once, at the first transaction that writes (to TABLE): {', '.join(KINDS)}",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
