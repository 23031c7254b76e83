"""Links people send each other: what cannot be followed is told in words, and nothing shown is nonsense."""

from __future__ import annotations

import random
import re
from datetime import timedelta
from urllib.parse import quote

import pytest

from tests.site.conftest import LAST

pytestmark = pytest.mark.site

FIRST = LAST - timedelta(days=459)
USUAL = LAST - timedelta(days=89)

DAYS = ["2026-10-01", "2026-11-22", "2030-01-01", "1999-12-31", "2026-02-31", "0000-00-00", "99999-01-01", "now", "",
        "2026-1-1", "20261001", "-1", "1e9", "NaN", "Infinity", "2026-10-01T00:00:00", "2026-10-01 ",
        "٢٠٢٦-١٠-٠١"]  # fmt: skip
WORDS = ["SP", "sp", "Narnia", "", "unknown", "toString", "__proto__", "constructor", "revenue", "null", "undefined",
         "<img src=x onerror=alert(1)>", "%", "%E0%A4%A", "a" * 5000, "SP,RJ", "SP, BR", "0", "day",
         "week", "year", "none"]  # fmt: skip
NAMES = ["from", "to", "grain", "compare", "state", "country", "payment_method", "payment_status", "category",
         "customer_state", "metric", "hasOwnProperty", "__proto__", "page", ""]  # fmt: skip
NONSENSE = re.compile(r"NaN|undefined|Infinity|null|Invalid|\[object|\(−|\(-|\(0 days")

# Follows an address and gives what the page then says: all of it but charts is there at once.
FOLLOWED = """async hash => {
    const changed = new Promise(done => addEventListener("hashchange", done, { once: true }));
    location.hash = hash;
    if (location.hash !== "" || hash === "") await Promise.race([changed, new Promise(done => setTimeout(done, 300))]);
    const form = document.querySelector("form.filters");
    const said = document.querySelector("#said");
    return {
        said: said.hidden ? "" : said.textContent,
        chosen: document.querySelector("#chosen").textContent,
        tiles: [...document.querySelectorAll(".tile")].map(tile => tile.textContent).join(" "),
        controls: [...form.querySelectorAll("input, select")].map(one => [one.name, one.value]),
        address: location.hash,
    };
}"""


def follow(shown, address: str) -> dict:
    """What a page says once it follows an address."""
    found = shown.page.evaluate(FOLLOWED, address)
    return {**found, "controls": dict(found["controls"])}


@pytest.mark.parametrize(
    ("page", "address", "said", "controls"),
    [
        ("customers", "state=Narnia", "“Narnia” is no state in these data: all are shown.", {"state": ""}),
        ("payments", "payment_method=Pix", "“Pix” is no method in these data: all are shown.", {"payment_method": ""}),
        ("customers", "state=SP", "", {"state": "SP"}),
        ("sales", "state=SP", "This page has no choice “state”.", {}),
        (
            "sales",
            "from=2030-01-01",
            f"There are no figures of 2030-01-01 to 2030-01-01: they go from {FIRST} to {LAST}. The newest are shown.",
            {"from": str(USUAL), "to": str(LAST)},
        ),
        ("sales", "from=2001-01-01&to=2001-02-01", "There are no figures of 2001-01-01 to 2001", {"to": str(LAST)}),
        ("sales", "to=2001-02-01", f"they go from {FIRST} to {LAST}. The newest are shown.", {"to": str(LAST)}),
        (
            "sales",
            "from=2026-11-20&to=2099-01-01",
            f"Figures go from {FIRST} to {LAST}; other days are left out.",
            {"from": "2026-11-20", "to": str(LAST)},
        ),
        (
            "sales",
            "from=2026-10-31&to=2026-10-01",
            "The first day was after the last: they have changed places.",
            {"from": "2026-10-01", "to": "2026-10-31"},
        ),
        ("sales", "from=2026-02-31", "“2026-02-31” is no day.", {"from": str(USUAL)}),
        ("sales", "grain=toString", "“toString” is nothing that grain can be (day, week, month).", {"grain": "day"}),
        ("sales", "compare=average_order_value", "is nothing that compare can be", {"compare": "year"}),
        ("sales", "grain=week&grain=day", "“grain” is given more than once; the first holds.", {"grain": "week"}),
    ],
)  # fmt: skip
def test_what_an_address_cannot_choose_is_told(opened, page, address, said, controls):
    shown = opened(page, address)
    assert shown.troubles == []
    place = shown.page.locator("#said")
    assert said in (place.inner_text() if place.is_visible() else "")
    assert bool(said) == place.is_visible()
    for name, value in controls.items():
        assert shown.page.locator(f"[name={name}]").input_value() == value
        if said:  # the address is then what is shown, so that it can be sent on
            assert value == "" or f"{name}={value}" in shown.page.url
    assert "Narnia" not in shown.page.url
    assert "(part)" not in shown.page.locator("#chosen").inner_text()


def test_days_typed_that_are_not_there_are_told_too(opened):
    shown = opened("sales")
    shown.choose(lambda: shown.page.locator("[name=to]").fill("2031-05-01"))
    assert shown.page.locator("#said").inner_text().startswith(f"Figures go from {FIRST} to {LAST}")
    assert shown.page.locator("[name=to]").input_value() == str(LAST)
    shown.choose(lambda: shown.page.get_by_role("button", name="7 days").click())
    assert not shown.page.locator("#said").is_visible()


def test_the_skip_link_leaves_what_is_chosen(opened):
    shown = opened("sales", "from=2026-11-01&to=2026-11-03&compare=none")
    found = follow(shown, "main")
    assert found["said"] == ""
    assert found["chosen"] == "Sun 1 Nov 2026 to Tue 3 Nov 2026 (3 days)"


@pytest.mark.parametrize("page", ["sales", "customers", "payments", "products", "delivery"])
def test_no_address_makes_a_page_say_nonsense(opened, page):
    shown = opened(page)
    # Charts are asked for and not drawn: what they would show is worked out all the same.
    shown.page.evaluate("window.vegaEmbed = async () => ({ finalize() {} })")
    dice = random.Random(page)
    for _ in range(60):
        names = [dice.choice(NAMES) for _ in range(dice.randint(1, 5))]
        pairs = [(name, dice.choice(DAYS if name in ("from", "to") else WORDS)) for name in names]
        address = "&".join(f"{quote(name)}={value if dice.random() < 0.3 else quote(value)}" for name, value in pairs)
        found = follow(shown, address)
        for part in ("chosen", "tiles"):
            assert not NONSENSE.search(found[part]), (address, found)
        controls = found["controls"]
        assert str(FIRST) <= controls["from"] <= controls["to"] <= str(LAST), (address, found)
        assert controls["grain"] in ("day", "week", "month"), address
        assert controls["compare"] in ("year", "week", "before", "none"), address
        for name, value in dict(reversed(pairs)).items():  # the first holds
            followed = (name in controls and controls[name] == value) or (not value and name in controls)
            assert followed or found["said"], (address, found)
        if found["said"]:
            assert found["address"].startswith(f"#from={controls['from']}&to={controls['to']}&grain="), address
    shown.choose(lambda: follow(shown, f"from={FIRST}"))
    assert shown.troubles == []
