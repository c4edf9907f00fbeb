"""A strict reader of iCalendar (RFC 5545), for tests: it refuses what a lenient calendar app would forgive."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field

_LINE = re.compile(r"([A-Z][A-Z0-9-]*)((?:;[A-Z-]+=[^;:,\"]+)*):(.*)", re.DOTALL)
_DATE = re.compile(r"[0-9]{8}")
_LOCAL = re.compile(r"[0-9]{8}T[0-9]{6}")
_UTC = re.compile(r"[0-9]{8}T[0-9]{6}Z")
_TEXTS = {"SUMMARY", "LOCATION", "DESCRIPTION", "X-WR-CALNAME"}
_ONCE = {"UID", "DTSTAMP", "DTSTART", "STATUS", "SEQUENCE", "SUMMARY"}


@dataclass
class Component:
    name: str
    properties: list[tuple[str, str, str]] = field(default_factory=list)
    inner: list[Component] = field(default_factory=list)

    def __getitem__(self, name: str) -> str:
        (value,) = [value for one, _, value in self.properties if one == name]
        return value

    def named(self, name: str) -> list[str]:
        return [value for one, _, value in self.properties if one == name]


def events(raw: bytes) -> list[Component]:
    """The events of a calendar, checked. Fails on anything that the format does not allow."""
    (calendar,) = _components(_lines(raw))
    assert calendar.name == "VCALENDAR"
    assert (calendar["VERSION"], calendar["METHOD"]) == ("2.0", "PUBLISH")
    assert calendar["PRODID"]
    zones = {zone["TZID"] for zone in calendar.inner if zone.name == "VTIMEZONE"}
    (standard,) = [one for zone in calendar.inner if zone.name == "VTIMEZONE" for one in zone.inner]
    assert (standard["TZOFFSETFROM"], standard["TZOFFSETTO"]) == ("+0900", "+0900")
    found = [one for one in calendar.inner if one.name == "VEVENT"]
    assert len(found) + 1 == len(calendar.inner)
    assert len({event["UID"] for event in found}) == len(found)
    for event in found:
        _check(event, zones)
    return found


def _lines(raw: bytes) -> list[str]:
    assert raw.endswith(b"\r\n")
    physical = raw[:-2].split(b"\r\n")
    assert all(0 < len(line) <= 75 for line in physical)
    assert not any(b"\n" in line or b"\r" in line for line in physical)
    for line in physical:
        line.decode()  # never folded inside a character
    return raw[:-2].replace(b"\r\n ", b"").decode().split("\r\n")


def _components(lines: list[str]) -> list[Component]:
    stack = [Component("")]
    for line in lines:
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]", line)
        found = _LINE.fullmatch(line)
        assert found, line
        name, parameters, value = found.groups()
        if name == "BEGIN":
            stack.append(Component(value))
        elif name == "END":
            ended = stack.pop()
            assert ended.name == value
            stack[-1].inner.append(ended)
        else:
            stack[-1].properties.append((name, parameters, _text(value) if name in _TEXTS else value))
    (whole,) = stack
    return whole.inner


def _text(value: str) -> str:
    assert re.fullmatch(r"(?:[^\\;,]|\\[\\;,nN])*", value), value
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value)


def _check(event: Component, zones: set[str]) -> None:
    names = [name for name, _, _ in event.properties]
    assert set(names) >= _ONCE
    assert len(set(names)) == len(names)
    assert event["STATUS"] in ("TENTATIVE", "CONFIRMED", "CANCELLED")
    assert event["SEQUENCE"].isdigit()
    assert _UTC.fullmatch(event["DTSTAMP"])
    start, end = _moment(event, "DTSTART", zones), _moment(event, "DTEND", zones)
    assert start is not None
    assert end is None or start < end
    for value in event.named("GEO"):
        lat, lon = map(float, value.split(";"))
        assert -90 <= lat <= 90
        assert -180 <= lon <= 180


def _moment(event: Component, name: str, zones: set[str]) -> dt.datetime | None:
    for one, parameters, value in event.properties:
        if one != name:
            continue
        if parameters == ";VALUE=DATE":
            assert _DATE.fullmatch(value)
            return dt.datetime.strptime(f"{value}+0900", "%Y%m%d%z")
        assert parameters.removeprefix(";TZID=") in zones
        assert _LOCAL.fullmatch(value)
        return dt.datetime.strptime(f"{value}+0900", "%Y%m%dT%H%M%S%z")
    return None
