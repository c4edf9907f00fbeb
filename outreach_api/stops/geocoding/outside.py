"""The outside geocoders: what geopy's answers become, and what is said when there is none."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from outreach_api.kernel.addresses import PREFECTURES, read_numbers, spelled
from outreach_api.kernel.errors import KernelError
from outreach_api.kernel.geo import Point
from outreach_api.settings import Settings
from outreach_api.stops.pasted.coordinates import in_japan
from schemas.vocabulary import PositionSource, Precision

MOST = 10
_LONGEST_TITLE = 200
# Nominatim's ranks: 30 is a house or a thing, 26 to 29 a street or a block, lower ones are whole quarters and towns.
_PLACE_RANK, _STREET_RANK = 30, 25

# 三番町 ends with no number, 三番町16 does.
_AT_THE_END = re.compile(r"(?<![0-9-])[0-9]{1,5}(?:(?:番地の?|番の?|-)[0-9]{1,5}){0,3}(?:番地|番|号)?$")

GSI_CREDIT = "国土地理院"
OSM_CREDIT = "© OpenStreetMap contributors (ODbL)"


@dataclass(frozen=True, slots=True)
class Answered:
    """A place as a provider names it."""

    lat: float
    lon: float
    title: str
    precision: Precision

    @property
    def point(self) -> Point:
        return Point(self.lat, self.lon)


class Unanswered(Exception):
    """A provider could not be asked or made no sense. `code`: of messages; nothing of the address or the answer."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


Ask = Callable[[str], list[Answered]]


@dataclass(frozen=True, slots=True)
class Outside:
    """A provider elsewhere: who it is, how often it may be asked (seconds between), whose data it gives."""

    name: PositionSource
    ask: Ask
    seconds_apart: float
    credit: str


def outside(name: str, settings: Settings) -> Outside | None:
    """The provider of that name; None when it is off: Nominatim without saying who asks."""
    if name == PositionSource.GSI:
        return Outside(PositionSource.GSI, lambda address: _ask_gsi(settings, address), 0.2, GSI_CREDIT)
    if name == PositionSource.NOMINATIM and settings.nominatim_agent:
        return Outside(
            PositionSource.NOMINATIM, lambda address: _ask_nominatim(settings, address), 1.0, OSM_CREDIT
        )
    return None


def _ask_gsi(settings: Settings, address: str) -> list[Answered]:
    # geopy takes its time to import, and most installations never ask anybody.
    from outreach_api.stops.geocoding.gsi import Gsi
    from outreach_api.stops.geocoding.http import Bounded

    made = Gsi(url=settings.gsi_url, timeout=settings.geocode_seconds, adapter_factory=Bounded)
    locations = _call(lambda: made.geocode(address, exactly_one=False, limit=MOST))
    return _kept(locations, lambda location: precision_of_title(str(location.address)))


def _ask_nominatim(settings: Settings, address: str) -> list[Answered]:
    from geopy.geocoders import Nominatim

    from outreach_api.stops.geocoding.http import Bounded

    scheme, _, domain = settings.nominatim_url.partition("://")
    made = Nominatim(
        domain=domain,
        scheme=scheme,
        user_agent=settings.nominatim_agent,
        timeout=settings.geocode_seconds,
        adapter_factory=Bounded,
    )
    locations = _call(
        lambda: made.geocode(address, exactly_one=False, limit=MOST, language="ja", country_codes="jp")
    )
    return _kept(locations, lambda location: _precision_of_rank(location.raw))


def _call(ask: Callable[[], Any]) -> list[Any]:
    from geopy.exc import (
        GeocoderAuthenticationFailure,
        GeocoderInsufficientPrivileges,
        GeocoderQuotaExceeded,
        GeocoderRateLimited,
        GeocoderTimedOut,
        GeocoderUnavailable,
        GeopyError,
    )

    refusals = (
        GeocoderAuthenticationFailure,
        GeocoderInsufficientPrivileges,
        GeocoderQuotaExceeded,
        GeocoderRateLimited,
    )
    try:
        return list(ask() or ())
    except GeocoderTimedOut:
        raise Unanswered("geocoder_slow") from None
    except GeocoderUnavailable:
        raise Unanswered("geocoder_unreachable") from None
    except refusals:
        raise Unanswered("geocoder_refuses") from None
    except (GeopyError, TypeError, KeyError, ValueError, AttributeError, IndexError):
        # What geopy's own parser says of an answer that has another form than it was written for.
        raise Unanswered("geocoder_broken") from None


def _kept(locations: Sequence[Any], precision: Callable[[Any], Precision]) -> list[Answered]:
    """Places in Japan, once each."""
    kept: dict[tuple[float, float, str], Answered] = {}
    for location in locations:
        try:
            point = Point(round(float(location.latitude), 6), round(float(location.longitude), 6))
        except (KernelError, ValueError):
            raise Unanswered("geocoder_broken") from None
        title = "".join(letter for letter in str(location.address) if letter.isprintable())[
            :_LONGEST_TITLE
        ].strip()
        if title and in_japan(point):
            answered = Answered(point.lat, point.lon, title, precision(location))
            kept.setdefault((point.lat, point.lon, title), answered)
    return list(kept.values())[:MOST]


def precision_of_title(title: str) -> Precision:
    """How far an address goes that a provider gave back: to the 号, to the 番, or to the town only.

    A name without a prefecture is a landmark's or an area's: it is taken for no better than its town.
    """
    said = spelled(title)
    if not any(said.startswith(prefecture) for prefecture in PREFECTURES.values()):
        return Precision.TOWN
    found = _AT_THE_END.search(said.rpartition("丁目")[2])
    if found is None:
        return Precision.TOWN
    return Precision.POINT if read_numbers(found[0]).unit else Precision.BLOCK


def _precision_of_rank(raw: Any) -> Precision:
    rank = raw.get("place_rank") if isinstance(raw, dict) else None
    if not isinstance(rank, int) or rank < _STREET_RANK:
        return Precision.TOWN
    return Precision.POINT if rank >= _PLACE_RANK else Precision.BLOCK
