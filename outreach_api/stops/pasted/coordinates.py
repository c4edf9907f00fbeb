"""Reads a position out of numbers as people and programs write them: decimal, degrees-minutes-seconds, 北緯 … 東経 …."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from outreach_api.kernel.errors import KernelError
from outreach_api.kernel.geo import Point

# Before NFKC, which makes other things of some of them; then the words of Japanese and English.
_MARKS = str.maketrans(
    {
        **dict.fromkeys("º˚度", "°"),
        **dict.fromkeys("′’‘`´分", "'"),
        **dict.fromkeys("″”“〃秒", '"'),
        **dict.fromkeys("−‐‑‒–—―", "-"),
        **dict.fromkeys("、，", ","),
    }
)
_WORDS = (
    (re.compile(r"北緯|latitude|緯°|lat\.?(?![a-z])", re.IGNORECASE), "N"),
    (re.compile(r"東経|longitude|経°|long?\.?(?![a-z])|lng(?![a-z])", re.IGNORECASE), "E"),
    (re.compile("南緯"), "S"),
    (re.compile("西経"), "W"),
    (re.compile("''"), '"'),
    (re.compile(r"[=:](?=\s*[-+0-9])"), " "),
    (re.compile(r"[()\[\]{}「」（）]"), " "),
)
_NUMBER = r"[0-9]{1,3}(?:\.[0-9]{1,20})?"
_SMALL = r"[0-9]{1,2}(?:\.[0-9]{1,20})?"


def _angle(n: int) -> str:
    return (
        rf"(?P<before{n}>[NSEW])?\s*(?P<sign{n}>[-+])?(?P<degrees{n}>{_NUMBER})"
        rf"(?P<mark{n}>\s*°\s*(?:(?P<minutes{n}>{_SMALL})\s*'\s*(?:(?P<seconds{n}>{_SMALL})\s*\"?)?)?)?"
        rf"(?(before{n})|\s*(?P<after{n}>[NSEW])?)"
    )


_BETWEEN = r"(?:\s*[,;/~]\s*|\s+|(?<=[NSEW°'\"])(?=[-+NSEW0-9]))"
_PAIR = re.compile(_angle(1) + _BETWEEN + _angle(2))
# 35 48 14.8, 139 57 8.3 — degrees, minutes and perhaps seconds, with nothing but spaces or colons between.
_SPACED = re.compile(
    rf"([NS])?\s*([0-9]{{1,3}})[\s:]+({_SMALL})(?:[\s:]+({_SMALL}))?\s*([NS])?\s*[,;\s]\s*"
    rf"([EW])?\s*([0-9]{{1,3}})[\s:]+({_SMALL})(?:[\s:]+({_SMALL}))?\s*([EW])?"
)
# Somewhere in a sentence only what can hardly be anything else.
_INSIDE = re.compile(
    r"(?<![0-9.])(-?[0-9]{1,3}\.[0-9]{3,20})\s{0,3}[,;\s]\s{0,3}(-?[0-9]{1,3}\.[0-9]{3,20})(?![0-9.])"
)

_LATITUDES, _LONGITUDES = (20.0, 46.0), (122.0, 154.0)


@dataclass(frozen=True, slots=True)
class Read:
    """A position; `swapped` when longitude stood first without saying so, which only inside Japan can be known."""

    point: Point
    swapped: bool = False


def in_japan(point: Point) -> bool:
    """Within the bounds that a stop's position may have."""
    return _within(point.lat, _LATITUDES) and _within(point.lon, _LONGITUDES)


def read_coordinates(text: str) -> Read | None:
    """The position that a text is, or that stands in it as two long decimal numbers; None when there is none."""
    said = unicodedata.normalize("NFKC", text.translate(_MARKS)).translate(_MARKS)
    for words, letter in _WORDS:
        said = words.sub(letter, said)
    said = re.sub(r"\s*,\s*$", "", said.strip().upper())
    whole = _PAIR.fullmatch(said)
    if whole is not None:
        return _of_pair(whole)
    spaced = _SPACED.fullmatch(said)
    if spaced is not None:
        return _of_spaced(spaced)
    inside = _INSIDE.findall(said)
    if len(inside) == 1:
        return _in_order(float(inside[0][0]), float(inside[0][1]))
    return None


def two_numbers(text: str) -> Read | None:
    """Decimal "lat,lon" and nothing else, as it stands in links. None for anything that is not that."""
    pair = re.fullmatch(rf"\s*([-+]?{_NUMBER})\s*[,~\s]\s*([-+]?{_NUMBER})\s*", text)
    return _in_order(float(pair[1]), float(pair[2])) if pair else None


def _of_pair(found: re.Match[str]) -> Read | None:
    said = []
    for n in ("1", "2"):
        letter = found["before" + n] or found["after" + n]
        degrees = _degrees(found["degrees" + n], found["minutes" + n], found["seconds" + n])
        if degrees is None:
            return None
        exact = bool(letter) or found["mark" + n] is not None or "." in found["degrees" + n]
        said.append((letter, -degrees if found["sign" + n] == "-" else degrees, exact))
    (first, one, first_exact), (second, other, second_exact) = said
    if not (first_exact and second_exact):
        return None  # 3, 11 are no position
    if first is None and second is None:
        return _in_order(one, other)
    along = {"N": 1, "S": 1, "E": 0, "W": 0}
    sides = [along.get(letter) if letter else None for letter in (first, second)]
    if sides[0] is not None and sides[0] == sides[1]:
        return None
    lat_first = sides[0] == 1 or sides[1] == 0
    one, other = _signed(one, first), _signed(other, second)
    return _read(one, other) if lat_first else _read(other, one)


def _of_spaced(found: re.Match[str]) -> Read | None:
    n1, d1, m1, s1, n2, e1, d2, m2, s2, e2 = found.groups()
    lat, lon = _degrees(d1, m1, s1), _degrees(d2, m2, s2)
    if lat is None or lon is None or (s1 is None) != (s2 is None):
        return None
    if n1 or n2 or e1 or e2:
        return _read(_signed(lat, n1 or n2), _signed(lon, e1 or e2))
    return _in_order(lat, lon)


def _degrees(degrees: str, minutes: str | None, seconds: str | None) -> float | None:
    if minutes is not None and ("." in degrees or float(minutes) >= 60):
        return None
    if seconds is not None and ("." in (minutes or "") or float(seconds) >= 60):
        return None
    return float(degrees) + float(minutes or 0) / 60 + float(seconds or 0) / 3_600


def _signed(degrees: float, letter: str | None) -> float:
    return -degrees if letter in ("S", "W") else degrees


def _in_order(one: float, other: float) -> Read | None:
    if _within(one, _LONGITUDES) and _within(other, _LATITUDES):
        return _read(other, one, swapped=True)
    return _read(one, other)


def _read(lat: float, lon: float, *, swapped: bool = False) -> Read | None:
    try:
        return Read(Point(lat, lon), swapped)
    except KernelError:
        return None


def _within(value: float, bounds: tuple[float, float]) -> bool:
    return bounds[0] <= value <= bounds[1]
