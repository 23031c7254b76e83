"""Time zones as shops write them: regions, offsets, and the names of clocks (PST, CEST)."""

from __future__ import annotations

import difflib
import re
from zoneinfo import available_timezones

# Each name is one offset, in whatever month it stands: PST is eight hours behind UTC, also in July and also in the hour
# that comes twice. Where several places share a name, the one whose shops are likelier to write it.
CLOCKS = {
    "NST": "-03:30", "NDT": "-02:30", "AST": "-04:00", "ADT": "-03:00", "EST": "-05:00", "EDT": "-04:00",
    "CST": "-06:00", "CDT": "-05:00", "MST": "-07:00", "MDT": "-06:00", "PST": "-08:00", "PDT": "-07:00",
    "AKST": "-09:00", "AKDT": "-08:00", "HST": "-10:00", "HDT": "-09:00", "BRT": "-03:00", "BRST": "-02:00",
    "ART": "-03:00", "WET": "+00:00", "WEST": "+01:00", "BST": "+01:00", "CET": "+01:00", "CEST": "+02:00",
    "MEZ": "+01:00", "MESZ": "+02:00", "EET": "+02:00", "EEST": "+03:00", "MSK": "+03:00", "TRT": "+03:00",
    "SAST": "+02:00", "WAT": "+01:00", "CAT": "+02:00", "EAT": "+03:00", "PKT": "+05:00", "IST": "+05:30",
    "SGT": "+08:00", "HKT": "+08:00", "AWST": "+08:00", "JST": "+09:00", "KST": "+09:00", "ACST": "+09:30",
    "ACDT": "+10:30", "AEST": "+10:00", "AEDT": "+11:00", "NZST": "+12:00", "NZDT": "+13:00",
}  # fmt: skip
_OFFSET = re.compile(r"(?:UTC|GMT|UT)?([+-])(\d{1,2})(?::?(\d{2}))?")


def fixed_offset(text: str) -> str | None:
    """The offset from UTC that `text` names (`Z`, `UTC`, `PST`, `+02`, `GMT-0300`), None where it names none."""
    word = text.strip().upper()
    if word in ("Z", "UTC", "GMT", "UT"):
        return "+00:00"
    found = _OFFSET.fullmatch(word)
    return f"{found[1]}{found[2]:0>2}:{found[3] or '00'}" if found else CLOCKS.get(word)


def unknown_zone(name: str) -> str | None:
    """What is wrong with a source's zone, with the nearest region; None where it is one."""
    # By the list, not by opening a file: some disks find america/new_york too, and Java does not.
    return None if name == "UTC" or name in available_timezones() else f"unknown time zone '{name}'{_nearest(name)}"


def _nearest(name: str) -> str:
    """Most people know the city, and write it with a blank."""
    wanted = re.sub(r"\s+", "_", name.strip()).lower()
    regions = {zone.lower(): zone for zone in sorted(available_timezones()) if "/" in zone or zone == "UTC"}
    if fixed_offset(name) and wanted not in regions:
        return "; expected a region as America/New_York, whose clocks change by themselves"
    cities = {zone.rpartition("/")[2]: zone for zone in regions}
    close = difflib.get_close_matches(wanted, regions, n=1, cutoff=0.7)
    close += [cities[one] for one in difflib.get_close_matches(wanted.rpartition("/")[2], cities, n=1, cutoff=0.7)]
    exact = cities.get(wanted)
    if exact or close:
        return f"; did you mean '{regions[exact or close[0]]}'?"
    return "; expected a region as America/New_York"
