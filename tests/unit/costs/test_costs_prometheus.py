"""Costs in Prometheus' text format."""

from __future__ import annotations

from decimal import Decimal

from spark_app.costs.prometheus import Gauge, exposition


def test_gauges_with_their_labels() -> None:
    of = {"environment": "aws"}
    found = exposition(
        [
            Gauge(
                "a_dollars", "Dollars.", [(of, Decimal("1.250000")), ({**of, "table": 'o"r\\d\ner'}, Decimal("0.5"))]
            ),
            Gauge("b_dollars", "Not known.", [(of, None)]),
            Gauge("c", "None at all."),
            Gauge("d", "Without labels.", [({}, 3.0)]),
        ]
    )
    assert found == (
        "# HELP a_dollars Dollars.\n"
        "# TYPE a_dollars gauge\n"
        'a_dollars{environment="aws"} 1.250000\n'
        'a_dollars{environment="aws",table="o\\"r\\\\d\\ner"} 0.5\n'
        "# HELP d Without labels.\n"
        "# TYPE d gauge\n"
        "d 3.0\n"
    )
