"""Events of a real Kafka broker land exactly once: killed or not, with the broker away and back."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from broker import administer, produce, running_broker, start

from spark_app.runtime.failpoints import KILLED, VARIABLE

pytestmark = [pytest.mark.stack, pytest.mark.usefixtures("kafka_jars")]

TOPICS = {"shop.orders": "orders", "shop.payments": "payments"}
NAME = re.compile(r"(?P<topic>[\w.]+)\.(?P<partition>\d+)\.(?P<first>\d+)-(?P<last>\d+)\.jsonl")


class Lander:
    """A process with a session of its own; each `land` takes what the topics have."""

    def __init__(self, servers: str, landing: Path, fail: str = "", **more: bool) -> None:
        asked = json.dumps({"servers": servers, "topics": TOPICS, "events_per_batch": 4, **more})
        words = [sys.executable, "-m", "tests.stack.events_lander", asked, str(landing)]
        environment = {**os.environ, VARIABLE: fail}
        self.process = subprocess.Popen(
            words, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def land(self) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        print("land", file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()
        return json.loads(line) if line else {"died": self.process.wait()}


@contextmanager
def lander(servers: str, landing: Path, fail: str = "", **more: bool) -> Iterator[Lander]:
    """`more`: further settings of events."""
    made = Lander(servers, landing, fail, **more)
    try:
        yield made
    finally:
        made.process.kill()
        made.process.wait()


def lines(landing: Path) -> dict[str, dict[int, str]]:
    """Topic/partition -> offset -> line; fails where an offset is in two files, or in one that is not named by it."""
    found: dict[str, dict[int, str]] = {}
    for path in landing.glob("*/dt=*/*.jsonl"):
        named = NAME.fullmatch(path.name)
        assert named is not None, path.name
        assert path.parts[-3] == TOPICS[named["topic"]]
        for line in path.read_text().splitlines():
            place = json.loads(line)["_kafka"] if line[0] == "{" else line.partition(": ")[0]
            topic, partition, offset = place.split("/")
            assert (topic, partition) == (named["topic"], named["partition"])
            assert int(named["first"]) <= int(offset) <= int(named["last"])
            of_partition = found.setdefault(f"{topic}/{partition}", {})
            assert int(offset) not in of_partition, f"{place} landed twice"
            of_partition[int(offset)] = line
    return found


def whole(landing: Path) -> int:
    """How many events landed, without a gap in any partition."""
    found = lines(landing)
    assert all(sorted(listed) == list(range(len(listed))) for listed in found.values()), found
    return sum(map(len, found.values()))


def orders(first: int, count: int) -> list[str]:
    return [json.dumps({"order_id": f"O{n}", "amount": 10.50}) for n in range(first, first + count)]


def test_events_land_once_killed_or_not_and_a_broker_that_is_away_is_told(tmp_path: Path) -> None:
    landing = tmp_path / "landing"
    with running_broker(tmp_path / "kafka") as broker:
        produce(broker.servers, "shop.orders", orders(0, 9))
        produce(broker.servers, "shop.payments", ["{broken", json.dumps({"op": "c", "after": {"order_id": "O1"}})])
        with lander(broker.servers, landing, "landing.events:after") as killed:
            assert killed.land() == {"died": KILLED}
        assert 1 <= len(list(landing.glob("*/dt=*/*.jsonl"))) <= 2
        with lander(broker.servers, landing) as living:
            first = living.land()
            assert "error" not in first, first
            assert whole(landing) == 11
            (bad,) = [line for of in lines(landing).values() for line in of.values() if line[0] != "{"]
            assert re.fullmatch(r"shop\.payments/\d/\d: \{broken", bad)
            nothing = {"events": 0, "files": 0, "bad": 0, "absent": [], "jobs": 0}
            assert living.land() == nothing, "nothing new is no Spark job"
            port = int(broker.servers.rpartition(":")[2])
            broker.process.terminate()
            broker.process.wait(60)
            away = living.land()
            assert away["error"].startswith(f"events of {broker.servers} (shop.orders, shop.payments) are not taken: ")
            again = start(tmp_path / "kafka", port)
            try:
                produce(again.servers, "shop.orders", orders(9, 5))
                assert living.land()["events"] == 5
                assert whole(landing) == 16
            finally:
                again.process.terminate()
                again.process.wait(60)


def test_a_topic_that_is_not_there_yet_keeps_no_other_waiting(tmp_path: Path) -> None:
    landing = tmp_path / "landing"
    with running_broker(tmp_path / "kafka") as broker, lander(broker.servers, landing) as living:
        assert living.land()["absent"] == ["shop.orders", "shop.payments"]
        produce(broker.servers, "shop.orders", orders(0, 3))
        landed = living.land()
        assert (landed["events"], landed["absent"]) == (3, ["shop.payments"])
        produce(broker.servers, "shop.payments", orders(0, 2))
        landed = living.land()
        assert (landed["events"], landed["absent"]) == (2, [])


def test_events_that_expired_before_they_were_landed_and_a_topic_that_is_gone_are_told(tmp_path: Path) -> None:
    """Nothing is skipped by itself; told to, it goes on with what there is."""
    landing = tmp_path / "landing"
    with running_broker(tmp_path / "kafka") as broker:
        produce(broker.servers, "shop.payments", orders(0, 2))
        produce(broker.servers, "shop.orders", orders(0, 3))
        with lander(broker.servers, landing) as living:
            assert living.land()["events"] == 5
            produce(broker.servers, "shop.orders", orders(3, 4))
            expire(broker.servers, "shop.orders", tmp_path)
            told = living.land()
            assert "shop.orders" in told["error"], told
            assert whole(landing) == 5
        with lander(broker.servers, landing, skip_lost=True) as living:
            produce(broker.servers, "shop.orders", orders(7, 2))
            assert living.land()["events"] == 2
        with lander(broker.servers, landing) as living:
            administer(broker.servers, "TopicCommand", "--delete", "--topic", "shop.payments")
            gone = living.land()
            assert "shop.payments" in gone["error"], gone


def expire(servers: str, topic: str, folder: Path) -> None:
    """Drop all that the topic holds, as its retention would."""
    asked = {"version": 1, "partitions": [{"topic": topic, "partition": n, "offset": -1} for n in (0, 1)]}
    (folder / "expire.json").write_text(json.dumps(asked))
    administer(servers, "DeleteRecordsCommand", "--offset-json-file", str(folder / "expire.json"))


def test_whom_iam_does_not_let_in_is_told(tmp_path: Path) -> None:
    """A broker that knows neither TLS nor IAM: what signs in by it is there (its classes are looked up first)."""
    with (
        running_broker(tmp_path / "kafka") as broker,
        lander(broker.servers, tmp_path / "landing", iam=True) as signing,
    ):
        said = signing.land()
    assert "Timeout" in said.get("error", ""), said  # without the jar: no LoginModule of that name
