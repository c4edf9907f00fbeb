"""Reads the position out of a link to a map. Links are read, never opened: what needs a network is said to need one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote_plus, urlsplit

from outreach_api.kernel.geo import Point
from outreach_api.stops.pasted.coordinates import two_numbers
from schemas.vocabulary import Derivation

_LINK = re.compile(r"(?:https?://|(?:www\.|maps?\.)[a-z0-9.-]+/)[^\s<>\"「」]+", re.IGNORECASE)
_MOST_LETTERS = 2_000

_SHORT = (
    "goo.gl",
    "maps.app.goo.gl",
    "g.co",
    "g.page",
    "yahoo.jp",
    "yj.pn",
    "maps.apple",
    "osm.org",
    "bit.ly",
    "t.co",
    "x.gd",
    "tinyurl.com",
    "lin.ee",
)
Parameters = Mapping[str, Sequence[str]]
Found = tuple[Point, Derivation]


@dataclass(frozen=True, slots=True)
class MapLink:
    """What a link says: a position, or an address in words to look for, or why it says nothing (`fault`)."""

    point: Point | None = None
    derived: Derivation = Derivation.MAP_LINK_PIN
    words: str | None = None
    fault: str | None = None


def read_map_link(text: str) -> MapLink | None:
    """The first link of a text (what phones share has the place's name before it); None if it holds no link."""
    found = _LINK.search(text[:_MOST_LETTERS])
    if found is None:
        return None
    address = found[0] if "://" in found[0] else "https://" + found[0]
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").lower().removeprefix("www.")
    except ValueError:
        return MapLink(fault="map_link_unknown")
    if host in _SHORT or (host.endswith("maps.apple.com") and parts.path.startswith("/p/")):
        return MapLink(fault="map_link_short")
    parameters = parse_qs(parts.query, max_num_fields=100, errors="replace") if _few(parts.query) else {}
    read = next((read for hosts, read in _MAPS if hosts.fullmatch(host)), None)
    if read is None:
        return MapLink(fault="map_link_unknown")
    got = read(parts.path, parameters, parts.fragment)
    if got is not None:
        return MapLink(*got)
    words = _first(parameters, ("q", "query", "address", "daddr", "destination")) or _place_name(parts.path)
    if words is not None and len(words) <= 200:
        return MapLink(words=words)
    return MapLink(fault="map_link_without_position")


def _few(query: str) -> bool:
    return query.count("&") < 100


def _google(path: str, parameters: Parameters, fragment: str) -> Found | None:
    # A place's own position comes last in its data; what stands after the @ is the middle of the view.
    pins = re.findall(r"!3d(-?[0-9.]{1,20})!4d(-?[0-9.]{1,20})", path)
    if pins:
        return _pin(",".join(pins[-1]))
    for name in ("q", "query", "ll", "destination", "daddr", "center", "viewpoint", "cbll", "sll"):
        for value in parameters.get(name, ()):
            found = _pin(value.removeprefix("loc:"))
            if found is not None:
                view = name in ("center", "sll")
                return (found[0], Derivation.MAP_LINK_VIEW) if view else found
    for step in (unquote_plus(step) for step in path.split("/")):
        found = None if step.startswith("@") else _pin(step)
        if found is not None:
            return found
    view_of = re.search(r"/@(-?[0-9.]{1,20}),(-?[0-9.]{1,20})", path)
    return _view(f"{view_of[1]},{view_of[2]}") if view_of else None


def _apple(path: str, parameters: Parameters, fragment: str) -> Found | None:
    for name in ("coordinate", "ll", "q", "daddr"):
        found = _pin(_first(parameters, (name,)) or "")
        if found is not None:
            return found
    return _view(_first(parameters, ("center", "sll")) or "")


def _yahoo(path: str, parameters: Parameters, fragment: str) -> Found | None:
    lat, lon = _first(parameters, ("lat",)), _first(parameters, ("lon",))
    if lat and lon:
        pinned = "pin" in parameters or "/place" in path or "/pin" in path
        return _pin(f"{lat},{lon}") if pinned else _view(f"{lat},{lon}")
    return _pin(_first(parameters, ("ll",)) or "")


def _osm(path: str, parameters: Parameters, fragment: str) -> Found | None:
    lat, lon = _first(parameters, ("mlat",)), _first(parameters, ("mlon",))
    if lat and lon:
        return _pin(f"{lat},{lon}")
    shown = re.search(r"map=[0-9.]{1,6}/(-?[0-9.]{1,20})/(-?[0-9.]{1,20})", fragment)
    return _view(f"{shown[1]},{shown[2]}") if shown else None


def _gsi(path: str, parameters: Parameters, fragment: str) -> Found | None:
    shown = re.match(r"[0-9.]{1,6}/(-?[0-9.]{1,20})/(-?[0-9.]{1,20})", fragment)
    if shown:
        return _view(f"{shown[1]},{shown[2]}")
    return _view(_first(parameters, ("ll",)) or "")


def _bing(path: str, parameters: Parameters, fragment: str) -> Found | None:
    return _view(_first(parameters, ("cp",)) or "")


_MAPS: tuple[tuple[re.Pattern[str], Callable[[str, Parameters, str], Found | None]], ...] = (
    (re.compile(r"(?:maps\.)?google\.(?:com|co\.jp|[a-z]{2,3}|com?\.[a-z]{2})"), _google),
    (re.compile(r"(?:beta\.)?maps\.apple\.com"), _apple),
    (re.compile(r"(?:map|maps\.loco)\.yahoo\.co\.jp"), _yahoo),
    (re.compile(r"openstreetmap\.(?:org|jp)"), _osm),
    (re.compile(r"maps\.gsi\.go\.jp"), _gsi),
    (re.compile(r"bing\.com"), _bing),
)


def _pin(text: str) -> Found | None:
    read = two_numbers(text)
    return None if read is None else (read.point, Derivation.MAP_LINK_PIN)


def _view(text: str) -> Found | None:
    read = two_numbers(text)
    return None if read is None else (read.point, Derivation.MAP_LINK_VIEW)


def _first(parameters: Parameters, names: Sequence[str]) -> str | None:
    return next((parameters[name][0] for name in names if parameters.get(name)), None)


def _place_name(path: str) -> str | None:
    found = re.match(r"/maps/(?:place|search)/([^/@]+)", path)
    return unquote_plus(found[1]) if found else None
