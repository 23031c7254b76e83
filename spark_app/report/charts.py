"""The few kinds of charts, as Vega-Lite written with altair. Colours and fonts are the page's (script/charts.js).

Data are named "values": `value` and, where compared, `before`. A number's format is "shown" with the name of a unit;
the unit of the metric that is chosen on the page takes the place of "unit".
"""

from __future__ import annotations

from typing import Any

import altair as alt

_UTC = alt.Scale(type="utc")
HEIGHT = 260


def _base() -> alt.Chart:
    return alt.Chart(alt.NamedData("values")).properties(width="container", height=HEIGHT)


def _spec(chart: alt.Chart | alt.LayerChart | alt.FacetChart) -> dict[str, Any]:
    # Holding it against Vega-Lite's schema takes as long as writing it: the tests do.
    spec: dict[str, Any] = chart.to_dict(validate=False)
    spec.pop("config", None)  # altair's own look
    return spec


def _amount(title: str | None = None, unit: str = "unit") -> alt.Axis:
    return alt.Axis(format=unit, formatType="shown", title=title, tickCount=5)


def _members(by: str) -> alt.X:
    """Members side by side, in the order they come in."""
    return alt.X(f"{by}:N", sort=None, title=None, axis=alt.Axis(labelAngle=0, ticks=False, labelOverlap=True))


def _tip(field: str = "value", title: str = "", unit: str = "unit") -> alt.Tooltip:
    return alt.Tooltip(f"{field}:Q", title=title or field, format=unit, formatType="shown")


def trend(unit: str = "unit") -> dict[str, Any]:
    """A line over periods, dashed for the days compared with; what is there in part, not due or alone has a point."""
    x = alt.X("period:T", scale=_UTC, title=None, axis=alt.Axis(grid=False, tickCount=6))
    base = _base().encode(
        x=x,
        y=alt.Y("value:Q", axis=_amount(unit=unit)),
        color=alt.Color("series:N", sort=None, title=None, legend=alt.Legend(orient="top")),
        tooltip=[alt.Tooltip("label:N", title="when"), alt.Tooltip("series:N", title="days"), _tip(unit=unit)],
    )
    lines = base.mark_line(strokeWidth=2).encode(
        strokeDash=alt.StrokeDash(
            "series:N", sort=None, title=None, scale=alt.Scale(range=[[1, 0], [4, 4]]), legend=None
        )
    )
    points = base.mark_point(size=30, filled=True, opacity=0).encode(
        opacity=alt.condition("datum.part || datum.unripe || datum.alone", alt.value(1), alt.value(0))
    )
    return _spec(alt.layer(lines, points))


def stacked(by: str) -> dict[str, Any]:
    """Bars as wide as their periods, stacked by a column: each reaches `from` one amount `to` another."""
    return _spec(
        _base()
        .mark_rect(stroke="var(--card)", strokeWidth=0.5)
        .encode(
            x=alt.X("period:T", scale=_UTC, title=None, axis=alt.Axis(grid=False, tickCount=6)),
            x2="end:T",
            y=alt.Y("from:Q", axis=_amount()),
            y2="to:Q",
            color=alt.Color(f"{by}:N", sort=None, title=None, legend=alt.Legend(orient="top", columns=4)),
            tooltip=[alt.Tooltip("label:N", title="when"), alt.Tooltip(f"{by}:N"), _tip()],
        )
    )


def ranking(by: str, unit: str = "unit") -> dict[str, Any]:
    """Bars of members, the greatest first, with a tick where the days compared with stand."""
    y = alt.Y(f"{by}:N", sort=None, title=None, axis=alt.Axis(labelLimit=160, ticks=False, domain=False))
    tips = [alt.Tooltip(f"{by}:N"), _tip(unit=unit), _tip("before", unit=unit), _tip("change", unit="change")]
    base = alt.Chart(alt.NamedData("values")).properties(width="container", height=alt.Step(22))
    bars = base.mark_bar(cornerRadiusEnd=2).encode(x=alt.X("value:Q", axis=_amount(unit=unit)), y=y, tooltip=tips)
    ticks = base.mark_tick(thickness=2, size=18).encode(x=alt.X("before:Q"), y=y, tooltip=tips)
    return _spec(alt.layer(bars, ticks))


def changes(by: str, unit: str = "money") -> dict[str, Any]:
    """Bars of members to the left and right of nothing: what fell and what rose, coloured by its `news`."""
    y = alt.Y(f"{by}:N", sort=None, title=None, axis=alt.Axis(labelLimit=160, ticks=False, domain=False))
    return _spec(
        alt.Chart(alt.NamedData("values"))
        .properties(width="container", height=alt.Step(22))
        .mark_bar(cornerRadiusEnd=2)
        .encode(
            x=alt.X("difference:Q", axis=_amount(unit=unit)),
            y=y,
            color=alt.Color(
                "news:N",
                scale=alt.Scale(domain=["good", "bad", ""], range=["var(--good)", "var(--bad)", "var(--muted)"]),
                legend=None,
            ),
            tooltip=[alt.Tooltip(f"{by}:N"), _tip(unit=unit), _tip("before", unit=unit), _tip("difference", unit=unit)],
        )
    )


def bars(by: str, unit: str = "unit") -> dict[str, Any]:
    """Bars of members in the order they come in."""
    return _spec(
        _base()
        .mark_bar(cornerRadiusEnd=2)
        .encode(
            x=_members(by),
            y=alt.Y("value:Q", axis=_amount(unit=unit)),
            tooltip=[alt.Tooltip(f"{by}:N"), _tip(unit=unit)],
        )
    )


def bridge(by: str, unit: str = "money") -> dict[str, Any]:
    """A waterfall: bars that reach `from` one amount `to` another, coloured by their `kind` (whole, less, more)."""
    colours = alt.Scale(domain=["whole", "less", "more"], range=["var(--c1)", "var(--bad)", "var(--muted)"])
    return _spec(
        _base()
        .mark_bar(cornerRadius=2)
        .encode(
            x=_members(by),
            y=alt.Y("from:Q", axis=_amount(unit=unit)),
            y2="to:Q",
            color=alt.Color("kind:N", scale=colours, legend=None),
            tooltip=[alt.Tooltip(f"{by}:N"), _tip(unit=unit)],
        )
    )


def line(x: str, y: str, title: str, unit: str) -> dict[str, Any]:
    """A line over whole numbers."""
    return _spec(
        _base()
        .mark_line(point=True)
        .encode(
            x=alt.X(f"{x}:Q", title=title, axis=alt.Axis(grid=False, tickMinStep=1)),
            y=alt.Y(f"{y}:Q", axis=_amount(unit=unit)),
            tooltip=[alt.Tooltip(f"{x}:Q", title=title), _tip(y, unit=unit)],
        )
    )


def heat(x: str, y: str, share: str) -> dict[str, Any]:
    """Squares the darker the greater the share; grey where the row is of a month that is `running`."""
    return _spec(
        alt.Chart(alt.NamedData("values"))
        .properties(width="container", height=alt.Step(20))
        .mark_rect()
        .encode(
            x=alt.X(f"{x}:O", title="months later", axis=alt.Axis(labelAngle=0, ticks=False)),
            y=alt.Y(f"{y}:O", title=None, axis=alt.Axis(ticks=False)),
            color=alt.condition("datum.running", alt.value("var(--muted)"), alt.value("var(--c1)")),
            opacity=alt.condition(
                f"isValid(datum.{share})",
                alt.Opacity(
                    f"{share}:Q",
                    title=None,
                    scale=alt.Scale(range=[0.08, 1]),
                    legend=alt.Legend(format="percent", formatType="shown", orient="top", symbolType="square"),
                ),
                alt.value(0),
            ),
            tooltip=[alt.Tooltip(f"{y}:O"), alt.Tooltip(f"{x}:O"), _tip(share, unit="percent")],
        )
    )
