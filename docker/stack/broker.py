"""A Kafka for laptops and tests: a real broker (KRaft, one node) in the Java that is there, its jars from Maven.

python docker/stack/broker.py build            # get the jars into the cache beforehand
python docker/stack/broker.py run FOLDER       # a broker with its data in FOLDER, until it is ended
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from spark_app.runtime.jars import fetch_jars
from spark_app.runtime.java import find_java

COORDINATES = ["org.apache.kafka:kafka_2.13:4.1.1", "org.apache.kafka:kafka-tools:4.1.1"]
_CLUSTER = "bGFrZWhvdXNlLXRlc3RzIQ"  # any 16 bytes
_SECONDS = 120  # that it may take to start


@dataclass(frozen=True)
class Broker:
    """A running broker. `servers` is what clients are told."""

    servers: str
    process: subprocess.Popen[bytes]


def jars() -> list[Path]:
    """The broker's jars, fetched first if need be; with Scala's, which Spark's own are left out for."""
    return fetch_jars(COORDINATES, beside_spark=False)


@contextmanager
def running_broker(folder: Path, port: int | None = None) -> Iterator[Broker]:
    """A broker whose data lie in `folder`, where they are found again by the next one; ended with the block."""
    broker = start(folder, port or _free_port())
    try:
        yield broker
    finally:
        broker.process.terminate()
        try:
            broker.process.wait(30)
        except subprocess.TimeoutExpired:
            broker.process.kill()
            broker.process.wait()


def start(folder: Path, port: int) -> Broker:
    """Begin it and wait until it listens; RuntimeError with its last words where it does not."""
    folder.mkdir(parents=True, exist_ok=True)
    settings = folder / "server.properties"
    settings.write_text(_properties(folder, port, _free_port()))
    command = _java()
    if not (folder / "data" / "meta.properties").is_file():
        formatted = [*command, "kafka.tools.StorageTool", "format", "-t", _CLUSTER, "-c", str(settings), "--standalone"]
        subprocess.run(formatted, check=True, capture_output=True)
    said = (folder / "broker.log").open("wb")
    process = subprocess.Popen([*command, "kafka.Kafka", str(settings)], stdout=said, stderr=subprocess.STDOUT)
    until = time.monotonic() + _SECONDS
    while not _listens(port):
        if process.poll() is not None or time.monotonic() > until:
            process.kill()
            raise RuntimeError(f"the broker did not start: {(folder / 'broker.log').read_text()[-2000:]}")
        time.sleep(0.2)
    return Broker(f"127.0.0.1:{port}", process)


def produce(servers: str, topic: str, values: Iterable[str]) -> None:
    """Send these events, by Kafka's own producer; it returns once the broker has them all."""
    command = [*_java(), "org.apache.kafka.tools.ConsoleProducer", "--bootstrap-server", servers, "--topic", topic]
    text = "".join(f"{value}\n" for value in values)
    subprocess.run(command, input=text.encode(), check=True, capture_output=True)


class Producer:
    """Kafka's own producer of one topic, to which events are handed as they happen."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def send(self, values: Iterable[str]) -> None:
        """Hand over these events; they are on their way."""
        assert self._process.stdin is not None
        self._process.stdin.write("".join(f"{value}\n" for value in values))
        self._process.stdin.flush()


@contextmanager
def running_producer(servers: str, topic: str) -> Iterator[Producer]:
    """A producer that sends what it is handed at once; all of it is sent at the end of the block."""
    command = [*_java(), "org.apache.kafka.tools.ConsoleProducer", "--bootstrap-server", servers, "--topic", topic]
    quick = ["--producer-property", "linger.ms=0"]
    with subprocess.Popen(
        [*command, *quick], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True
    ) as process:
        yield Producer(process)


def administer(servers: str, tool: str, *words: str) -> None:
    """Run one of Kafka's own tools, as TopicCommand, with these words."""
    command = [*_java(), f"org.apache.kafka.tools.{tool}", "--bootstrap-server", servers, *words]
    subprocess.run(command, check=True, capture_output=True)


def _java() -> list[str]:
    command = [str(find_java().home / "bin" / "java"), "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
    return [*command, "-cp", os.pathsep.join(map(str, jars()))]


def _properties(folder: Path, port: int, controller: int) -> str:
    return "\n".join(
        [
            "process.roles=broker,controller",
            "node.id=1",
            f"controller.quorum.bootstrap.servers=127.0.0.1:{controller}",
            f"listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}",
            f"advertised.listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}",
            "controller.listener.names=CONTROLLER",
            "listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
            f"log.dirs={folder / 'data'}",
            "num.partitions=2",
            "offsets.topic.replication.factor=1",
            "offsets.topic.num.partitions=1",
            "transaction.state.log.replication.factor=1",
            "transaction.state.log.min.isr=1",
            "group.initial.rebalance.delay.ms=0",
            "",
        ]
    )


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main(words: list[str]) -> int:
    """See the module."""
    if words == ["build"]:
        print(f"{len(jars())} jars")
        return 0
    if len(words) == 2 and words[0] == "run":
        with running_broker(Path(words[1])) as broker:
            print(broker.servers, flush=True)
            return broker.process.wait()
    print(__doc__)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
