"""One question for all that may be pasted: is it a position, is it words to look for, or can nobody know offline?"""

from __future__ import annotations

import re
from dataclasses import dataclass

from outreach_api.kernel.errors import KernelError
from outreach_api.kernel.geo import Point
from outreach_api.kernel.plus_codes import PlusCode, middle, plus_code_in
from outreach_api.stops.pasted.coordinates import in_japan, read_coordinates, two_numbers
from outreach_api.stops.pasted.map_links import read_map_link
from schemas.vocabulary import Derivation, Precision, Understood

_GEO = re.compile(
    r"geo:(-?[0-9.]{1,20}),(-?[0-9.]{1,20})(?:,-?[0-9.]{1,20})?(?:;[^?\s]*)?(?:\?(\S*))?", re.IGNORECASE
)
_AREA_DIGITS = 10
"""A plus code with fewer digits than this is an area of 275 m or more."""


@dataclass(frozen=True, slots=True)
class Pasted:
    """What was understood. Exactly one of `point`, `short_code`, `words` and `fault` is there."""

    as_: Understood
    point: Point | None = None
    derived: Derivation = Derivation.COORDINATES
    precision: Precision = Precision.MANUAL
    short_code: PlusCode | None = None
    locality: str = ""
    """What stood beside a plus code: R3W5+8J 松戸市."""
    words: str | None = None
    fault: str | None = None


def read_pasted(text: str) -> Pasted:
    """Understand a text; what is none of these is an address in words. Never raises, never asks anybody."""
    geo = _GEO.search(text)
    if geo is not None:
        return _geo_uri(geo)
    link = read_map_link(text)
    if link is not None:
        if link.point is not None:
            exact = link.derived is Derivation.MAP_LINK_PIN
            precision = Precision.POINT if exact else Precision.BLOCK
            return _found(Understood.MAP_LINK, link.point, link.derived, precision)
        if link.fault is not None:
            return Pasted(Understood.MAP_LINK, fault=link.fault)
        inside = read_pasted(link.words or "") if not read_map_link(link.words or "") else None
        return inside or Pasted(Understood.MAP_LINK, fault="map_link_unknown")
    read = read_coordinates(text)
    if read is not None:
        derived = Derivation.SWAPPED_COORDINATES if read.swapped else Derivation.COORDINATES
        return _found(Understood.POSITION, read.point, derived, Precision.MANUAL)
    found = plus_code_in(text)
    if found is not None:
        code, locality = found
        if code.short:
            return Pasted(Understood.PLUS_CODE, short_code=code, locality=locality)
        return of_plus_code(code)
    return Pasted(Understood.ADDRESS, words=text)


def of_plus_code(code: PlusCode, near: Point | None = None) -> Pasted:
    """The position of a code; a short one wants a place near it."""
    try:
        point = middle(code, near)
    except KernelError:
        return Pasted(Understood.PLUS_CODE, fault="outside_japan")
    precision = Precision.POINT if code.digits >= _AREA_DIGITS else Precision.BLOCK
    derived = Derivation.PLUS_CODE if near is None else Derivation.PLUS_CODE_NEAR
    return _found(Understood.PLUS_CODE, point, derived, precision)


def _geo_uri(geo: re.Match[str]) -> Pasted:
    """RFC 5870; Android writes geo:0,0?q=lat,lon(label)."""
    position = f"{geo[1]},{geo[2]}"
    asked = re.search(r"(?:^|&)q=([^&(]+)", geo[3] or "")
    if asked is not None:
        inside = two_numbers(asked[1].replace("%2C", ","))
        if inside is not None:
            return _found(Understood.POSITION, inside.point, Derivation.GEO_URI, Precision.MANUAL)
    read = two_numbers(position)
    if read is None:
        return Pasted(Understood.POSITION, fault="outside_japan")
    return _found(Understood.POSITION, read.point, Derivation.GEO_URI, Precision.MANUAL)


def _found(as_: Understood, point: Point, derived: Derivation, precision: Precision) -> Pasted:
    if not in_japan(point):
        return Pasted(as_, fault="outside_japan")
    return Pasted(as_, point, derived, precision)
