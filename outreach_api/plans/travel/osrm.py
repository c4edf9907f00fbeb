"""Asks an OSRM server for drives: its table service over HTTP, in pieces that it takes, and never for long.

Contract: the OSRM HTTP API, version 1 (`/table/v1/{profile}/{lon},{lat};…?sources=&destinations=`). It answers `code`
and `durations` in seconds, null where it knows no way. Positions stand in the address, so no address is ever logged.
"""

from __future__ import annotations

import http.client
import math
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from outreach_api.kernel.geo import Point

if TYPE_CHECKING:
    from outreach_api.plans.travel.matrix import Flags

_MOST_BYTES = 64_000_000
_LONGEST_SECONDS = 86_400
_PAUSE_SECONDS = 0.5
_WORTH_ANOTHER_TRY = frozenset({"osrm_unreachable", "osrm_slow", "osrm_busy", "osrm_fault"})


class OsrmFault(Exception):
    """Why the roads did not answer, as a code: unreachable, slow, busy, fault, malformed, or what OSRM named."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class RoadLeg(NamedTuple):
    """A drive between two of the points that were asked about; None: there is no way."""

    origin: int
    destination: int
    seconds: int | None


@dataclass(slots=True)
class Osrm:
    """One server and one of its profiles. `most` places go into one question; it learns when that is too many."""

    url: str
    profile: str = "driving"
    seconds: float = 5.0
    most: int = 100
    pause: Callable[[float], None] = time.sleep

    @property
    def source(self) -> str:
        """What its answers are kept under."""
        return f"{self.url} {self.profile}"

    def ask(self, points: Sequence[Point], wanted: Flags) -> Iterator[list[RoadLeg]]:
        """The wanted drives among points, piece by piece. Raises OsrmFault, after what came before it.

        A position that lies near no road costs its own drives only, not those of its piece.
        """
        import numpy as np

        rows, columns = np.flatnonzero(wanted.any(axis=1)), np.flatnonzero(wanted.any(axis=0))
        pieces = [(rows.tolist(), columns.tolist())]
        while pieces:
            origins, destinations = pieces.pop()
            part = wanted[np.ix_(origins, destinations)]
            if not part.any():
                continue
            here = sorted({*origins, *destinations})
            if len(here) > self.most:
                pieces += _smaller(origins, destinations, max(1, self.most // 2))
                continue
            try:
                table = self._table(points, here, origins, destinations)
            except OsrmFault as fault:
                if fault.code == "osrm_too_big" and len(here) > 2:
                    self.most = len(here) // 2
                    pieces.append((origins, destinations))
                    continue
                if fault.code != "osrm_no_segment":
                    raise
                table = self._without_lost(points, origins, destinations)
            yield [
                RoadLeg(origin, destination, table[i][j])
                for i, origin in enumerate(origins)
                for j, destination in enumerate(destinations)
                if part[i, j]
            ]

    def _without_lost(
        self, points: Sequence[Point], origins: list[int], destinations: list[int]
    ) -> list[list[int | None]]:
        """The table of a piece in which some position lies near no road."""
        lost = set(self._lost(points, sorted({*origins, *destinations})))
        rows = [origin for origin in origins if origin not in lost]
        columns = [destination for destination in destinations if destination not in lost]
        told = self._table(points, sorted({*rows, *columns}), rows, columns) if rows and columns else []
        known = {
            (origin, destination): seconds
            for origin, row in zip(rows, told, strict=bool(told))
            for destination, seconds in zip(columns, row, strict=True)
        }
        return [[known.get((origin, destination)) for destination in destinations] for origin in origins]

    def _lost(self, points: Sequence[Point], among: list[int]) -> list[int]:
        """Those of some positions that lie near no road; asked in halves, because the server names none."""
        try:
            self._table(points, among, among[:1], among[:1])
        except OsrmFault as fault:
            if fault.code != "osrm_no_segment":
                raise
            half = len(among) // 2
            return among if not half else self._lost(points, among[:half]) + self._lost(points, among[half:])
        return []

    def _table(
        self, points: Sequence[Point], here: list[int], origins: list[int], destinations: list[int]
    ) -> list[list[int | None]]:
        """Seconds by origin and destination. Raises OsrmFault, after a second try where that may help."""
        place = {index: str(position) for position, index in enumerate(here)}
        # A single place would be a faulty question to it: it gets a twin.
        asked = [points[index] for index in here] + [points[here[0]]] * (len(here) == 1)
        path = ";".join(f"{point.lon:.6f},{point.lat:.6f}" for point in asked)
        sources = ";".join(place[index] for index in origins)
        ends = ";".join(place[index] for index in destinations)
        url = f"{self.url}/table/v1/{self.profile}/{path}?sources={sources}&destinations={ends}"
        try:
            answer = self._get(url)
        except OsrmFault as fault:
            if fault.code not in _WORTH_ANOTHER_TRY:
                raise
            self.pause(_PAUSE_SECONDS)
            answer = self._get(url)
        return _durations(answer, len(origins), len(destinations))

    def _get(self, url: str) -> Any:
        request = urllib.request.Request(url, headers={"User-Agent": "kurukuru-outreach"})  # noqa: S310
        until = time.monotonic() + self.seconds
        try:
            with _OPENER.open(request, timeout=self.seconds) as response:
                body = _read(response, until)
        except urllib.error.HTTPError as refused:
            with refused:
                raise OsrmFault(_code_of(refused, until)) from None
        except (OSError, http.client.HTTPException) as fault:
            slow = isinstance(fault, TimeoutError) or isinstance(getattr(fault, "reason", None), TimeoutError)
            raise OsrmFault("osrm_slow" if slow else "osrm_unreachable") from None
        answer = _json(body)
        if answer.get("code") != "Ok":
            raise OsrmFault("osrm_malformed")
        return answer


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Positions go to the server that was chosen, and nowhere else."""


_OPENER = urllib.request.build_opener(_NoRedirects)
# What OSRM names in `code` with status 400.
_NAMED = {"NoSegment": "osrm_no_segment", "TooBig": "osrm_too_big"}


def _read(response: Any, until: float) -> bytes:
    """A body, unless it trickles in for too long or has no end."""
    body = bytearray()
    while chunk := response.read1(1 << 16):
        body += chunk
        if len(body) > _MOST_BYTES:
            raise OsrmFault("osrm_malformed")
        if time.monotonic() > until:
            raise TimeoutError
    if response.length:  # read1 ends quietly when the connection does
        raise http.client.IncompleteRead(bytes(body), response.length)
    return bytes(body)


def _code_of(refused: urllib.error.HTTPError, until: float) -> str:
    if refused.code == 429:
        return "osrm_busy"
    if refused.code >= 500:
        return "osrm_fault"
    try:
        named = _json(_read(refused, until)).get("code")
    except (OsrmFault, OSError, http.client.HTTPException):
        named = None
    return _NAMED.get(str(named), "osrm_refused")


def _json(body: bytes) -> dict[str, Any]:
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise OsrmFault("osrm_malformed") from None
    if not isinstance(answer, dict):
        raise OsrmFault("osrm_malformed")
    return answer


def _durations(answer: dict[str, Any], rows: int, columns: int) -> list[list[int | None]]:
    table = answer.get("durations")
    if not isinstance(table, list) or len(table) != rows:
        raise OsrmFault("osrm_malformed")
    for row in table:
        if not isinstance(row, list) or len(row) != columns or not all(map(_is_duration, row)):
            raise OsrmFault("osrm_malformed")
    return [[None if seconds is None else round(seconds) for seconds in row] for row in table]


def _is_duration(value: object) -> bool:
    if value is None:
        return True
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and math.isfinite(value) and 0 <= value <= _LONGEST_SECONDS  # type: ignore[arg-type,operator]


def _smaller(origins: list[int], destinations: list[int], size: int) -> list[tuple[list[int], list[int]]]:
    """The same drives in squares of `size`."""
    return [
        (origins[i : i + size], destinations[j : j + size])
        for i in range(0, len(origins), size)
        for j in range(0, len(destinations), size)
    ]
