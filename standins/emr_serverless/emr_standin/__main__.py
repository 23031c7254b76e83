"""Start the stand-in for Amazon EMR Serverless: python -m emr_standin --port 0 --spark-submit PATH."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from pathlib import Path

from emr_standin import Platform, start
from emr_standin.server import folder_for_logs

CHECKOUT = Path(__file__).resolve().parents[3]


def main() -> int:
    """Serve until SIGTERM or SIGINT."""
    given = _parser().parse_args()
    if not given.spark_submit.is_file():
        sys.stderr.write(f"error: no spark-submit at {given.spark_submit}; make setup, or name it: --spark-submit\n")
        return 2
    platform = Platform(
        given.spark_submit.absolute(),
        given.checkout.absolute(),
        given.logs or folder_for_logs(),
        given.master,
        dict(given.conf),
        dict(given.env),
        dict(given.path),
    )
    enough = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: enough.set())
    with start(platform, given.port, given.host) as standin:
        print(
            f"ready: a stand-in for Amazon EMR Serverless (not EMR) at {standin.endpoint}, "
            f"application {standin.application_id}, logs in {standin.logs}",
            flush=True,
        )
        enough.wait()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description="A stand-in for Amazon EMR Serverless: StartJobRun runs spark-submit on this machine.",
        epilog="AWS clients find it by AWS_ENDPOINT_URL_EMR_SERVERLESS.",
    )
    parser.add_argument("--port", type=int, default=0, help="0, the default, takes a free one")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--spark-submit", type=Path, default=CHECKOUT / ".venv" / "bin" / "spark-submit")
    parser.add_argument("--checkout", type=Path, default=CHECKOUT, help="what local:///opt/lakehouse/ is here")
    parser.add_argument("--logs", type=Path, help="folder that keeps what jobs print; a new temporary one by default")
    parser.add_argument("--master", default="local[2]", help="Spark's master for jobs")
    for option, what in (
        ("--conf", "a Spark setting of every job; the job's own come above it"),
        ("--env", "an environment variable of every job"),
        ("--path", "a file or folder of the image, and what it is here"),
    ):
        parser.add_argument(option, type=_pair, action="append", default=[], metavar="NAME=VALUE", help=what)
    return parser


def _pair(text: str) -> tuple[str, str]:
    name, found, value = text.partition("=")
    if not found:
        raise argparse.ArgumentTypeError(f"found '{text}', expected NAME=VALUE")
    return name, value


if __name__ == "__main__":
    sys.exit(main())
