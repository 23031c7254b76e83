"""Each value of the chart: what it changes when set, and what is there when it is not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.chart.promises import PROMISES
from tests.chart.render import CHART, look, objects, pod, spark

pytestmark = pytest.mark.chart


def found(values: Any, where: str) -> Any:
    """What a release of these values has there; None where there is nothing."""
    rendered = objects(values=values)
    if where == "settings":
        files = rendered["ConfigMap"]["data"]
        return yaml.safe_load(files["aws.yaml"]) if "aws.yaml" in files else None
    name, path = where.split(":", 1)
    if name.startswith("spark "):
        return spark(rendered, name.removeprefix("spark ")).get(path)
    if name.startswith("pod "):
        name = name.removeprefix("pod ")
        return look(pod(rendered, name), path) if name == "executor" or _held(rendered, name) else None
    held = _held(rendered, name)
    return look(held, path) if held else None


def _held(rendered: dict[str, Any], name: str) -> Any:
    if name == "Job":  # its name says what it takes in
        return next((one for one in rendered.values() if one["kind"] == "Job"), None)
    return rendered.get(name)


def overlaid(values: Any, path: str, value: Any) -> Any:
    """These values and one more."""
    key, _, rest = path.partition(".")
    return {**values, key: overlaid(values.get(key, {}), rest, value) if rest else value}


def without(values: Any, path: str) -> Any:
    """These values less one; `from` and `to` only go together."""
    if path in ("backfill.from", "backfill.to"):
        return {}
    return values


@pytest.mark.parametrize(("value", "given", "where", "set_", "unset", "besides"), PROMISES)
def test_a_value_set_and_unset(value: str, given: Any, where: str, set_: Any, unset: Any, besides: Any) -> None:
    rendered = objects(values=overlaid(besides, value, given))
    if where.startswith("pod Job"):
        job = next(name for name in rendered if name.startswith("Job "))
        assert look(pod(rendered, job), where.split(":", 1)[1]) == set_
        off = objects(values=without(besides, value))
        jobs = [name for name in off if name.startswith("Job ")]
        assert (look(pod(off, jobs[0]), where.split(":", 1)[1]) if jobs else None) == unset
        return
    assert found(overlaid(besides, value, given), where) == set_
    assert found(without(besides, value), where) == unset


def leaves(values: Any, above: str = "") -> Iterator[str]:
    """Paths of all values; a map or list that is empty by default is one value."""
    for key, value in values.items():
        if isinstance(value, dict) and value:
            yield from leaves(value, f"{above}{key}.")
        else:
            yield f"{above}{key}"


def test_no_value_without_a_test() -> None:
    values = yaml.safe_load((CHART / "values.yaml").read_text())
    assert {promise[0] for promise in PROMISES} == set(leaves(values))
