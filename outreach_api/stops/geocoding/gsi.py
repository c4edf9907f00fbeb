"""The address search of the Geospatial Information Authority of Japan (国土地理院) as a geocoder of geopy.

It answers an array of GeoJSON points whose titles say how far it understood: of 常盤平3-11-1 it may know the 丁目 only.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlencode

from geopy.exc import GeocoderParseError, GeocoderQueryError
from geopy.geocoders.base import DEFAULT_SENTINEL, Geocoder
from geopy.location import Location

URL = "https://msearch.gsi.go.jp/address-search/AddressSearch"


class Gsi(Geocoder):  # type: ignore[misc]
    """Geocoder for msearch.gsi.go.jp. `url`: where the service is."""

    def __init__(
        self,
        *,
        url: str = URL,
        timeout: Any = DEFAULT_SENTINEL,
        proxies: Any = DEFAULT_SENTINEL,
        user_agent: str | None = None,
        ssl_context: Any = DEFAULT_SENTINEL,
        adapter_factory: Callable[..., Any] | None = None,
    ) -> None:
        scheme, _, _ = url.partition("://")
        super().__init__(
            scheme=scheme,
            timeout=timeout,
            proxies=proxies,
            user_agent=user_agent,
            ssl_context=ssl_context,
            adapter_factory=adapter_factory,
        )
        self.api = url

    def geocode(
        self,
        query: str,
        *,
        exactly_one: bool = True,
        timeout: Any = DEFAULT_SENTINEL,
        limit: int | None = None,
    ) -> Location | list[Location] | None:
        """A location by address; a list of at most `limit` if not `exactly_one`; None for nothing."""
        if not query.strip():
            raise GeocoderQueryError("nothing was asked")
        url = f"{self.api}?{urlencode({'q': query})}"
        callback = partial(self._parse_json, exactly_one=exactly_one, limit=limit)
        found: Location | list[Location] | None = self._call_geocoder(url, callback, timeout=timeout)
        return found

    def _parse_json(
        self, answer: Any, *, exactly_one: bool, limit: int | None
    ) -> Location | list[Location] | None:
        if not isinstance(answer, list):
            raise GeocoderParseError("no list")
        features = answer[: 1 if exactly_one else limit]
        locations = [_location(feature) for feature in features]
        if not locations:
            return None
        return locations[0] if exactly_one else locations


def _location(feature: Any) -> Location:
    try:
        lon, lat = feature["geometry"]["coordinates"][:2]
        title = feature["properties"]["title"]
        if not isinstance(title, str) or isinstance(lat, bool) or isinstance(lon, bool):
            raise TypeError
        return Location(title, (float(lat), float(lon), 0.0), feature)
    except (TypeError, KeyError, ValueError, IndexError):
        raise GeocoderParseError("no GeoJSON point with a title") from None
