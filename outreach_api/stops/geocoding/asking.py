"""Finds a place by what somebody typed or pasted: without a network first, then whom the settings allow to be asked.

Nothing here holds a transaction open while somebody elsewhere is asked, and nothing of an address is logged.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import sleep
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.addresses import same_address, spelled
from outreach_api.kernel.geo import Outline, Point
from outreach_api.kernel.mesh import MICRO
from outreach_api.kernel.text import normalise
from outreach_api.settings import Settings
from outreach_api.stops.gazetteer.lookup import is_empty, look_up, middle_of
from outreach_api.stops.geocoding.kept import Answers, my_turn, stay_away
from outreach_api.stops.geocoding.outside import Outside, Unanswered, outside
from outreach_api.stops.pasted.reading import Pasted, of_plus_code, read_pasted
from outreach_api.storage.area import Boundary
from outreach_api.storage.keyring import Keyring
from outreach_api.storage.session import Database
from outreach_api.storage.stops import Stop
from schemas.vocabulary import Asked, Derivation, PositionSource, Precision, StopKind, Understood

MOST = 10


@dataclass(frozen=True, slots=True)
class Candidate:
    point: Point
    title: str
    source: PositionSource
    precision: Precision
    derived: Derivation
    unused: str | None = None
    credit: str | None = None


@dataclass(frozen=True, slots=True)
class ProviderAsked:
    """What came of one provider. `code`: why it said nothing, of messages."""

    source: PositionSource
    result: Asked
    code: str | None = None
    cached: bool = False


@dataclass(slots=True)
class Found:
    """All that is known about what was asked."""

    understood_as: Understood
    query: str
    candidates: list[Candidate] = field(default_factory=list)
    asked: list[ProviderAsked] = field(default_factory=list)
    advice: list[str] = field(default_factory=list)
    """Codes of messages: what somebody can do who did not find it."""


@dataclass(frozen=True, slots=True)
class Finder:
    """What finding wants of the house. `may_ask`: called before an outside provider is asked; may refuse by raising."""

    database: Database
    keyring: Keyring
    settings: Settings
    now: Callable[[], dt.datetime]
    may_ask: Callable[[], None] = lambda: None

    def find(self, text: str, *, kind: StopKind | None = None, near: Point | None = None) -> Found:
        """Where a text may be. `kind`: of what is looked for; unsaid, it may be somebody's home."""
        pasted = read_pasted(text)
        if pasted.short_code is not None:
            pasted = self._completed(pasted, near)
        query = normalise(text)
        if pasted.fault is not None:
            return Found(pasted.as_, query, advice=[pasted.fault])
        if pasted.point is not None:
            return Found(pasted.as_, query, [_of_pasted(pasted, pasted.point)], advice=_doubts(pasted))
        return self._find_address(normalise(pasted.words or ""), kind)

    def _completed(self, pasted: Pasted, near: Point | None) -> Pasted:
        """A short code counts from a place near it: the one that was given, the town beside it, or our own stops."""
        code = pasted.short_code
        with self.database.read() as session:
            known = (
                near
                or (middle_of(session, pasted.locality) if pasted.locality else None)
                or _our_middle(session)
            )
        if code is None or known is None:
            return Pasted(Understood.PLUS_CODE, fault="plus_code_wants_place")
        return of_plus_code(code, known)

    def _find_address(self, address: str, kind: StopKind | None) -> Found:
        found = Found(Understood.ADDRESS, address)
        if not spelled(address):
            found.advice.append("geocode_nothing")
            return found
        wanted = _wanted(address)
        for name in self.settings.geocoders:
            if name == PositionSource.GAZETTEER:
                self._ask_gazetteer(found, address)
            else:
                self._ask_outside(found, name, address, kind)
            if any(_good_enough(candidate, wanted) for candidate in found.candidates):
                break
        del found.candidates[MOST:]
        if not found.candidates:
            found.advice += _advice(found)
        return found

    def _ask_gazetteer(self, found: Found, address: str) -> None:
        with self.database.read() as session:
            if is_empty(session):
                found.asked.append(ProviderAsked(PositionSource.GAZETTEER, Asked.OFF, "gazetteer_missing"))
                return
            listed = look_up(session, address)
            outlines = outlines_in_force(session)
        # The same town's name in several cities: our own city first.
        ranked = sorted(listed, key=lambda one: _beyond(outlines, one.point))
        found.candidates += [
            Candidate(
                one.point,
                one.title,
                PositionSource.GAZETTEER,
                one.precision,
                one.derived,
                one.unused or None,
                one.credit,
            )
            for one in ranked
        ]
        result = Asked.FOUND if listed else Asked.NOTHING
        found.asked.append(ProviderAsked(PositionSource.GAZETTEER, result))

    def _ask_outside(self, found: Found, name: str, address: str, kind: StopKind | None) -> None:
        source = PositionSource(name)
        if self.settings.geocode_homes == "no":
            code = self._home(address, kind)
            if code is not None:
                found.asked.append(ProviderAsked(source, Asked.WITHHELD, code))
                return
        provider = outside(name, self.settings)
        if provider is None:
            found.asked.append(ProviderAsked(source, Asked.OFF, "nominatim_agent_missing"))
            return
        answers = Answers(self.database, self.keyring)
        answered = answers.find(name, address, self.now())
        cached = answered is not None
        if answered is None:
            self.may_ask()
            try:
                answered = self._ask(provider, address)
            except Unanswered as why:
                found.asked.append(ProviderAsked(source, Asked.UNAVAILABLE, why.code))
                return
            answers.keep(name, address, answered, self.now(), self.settings.geocode_cache_days)
        found.candidates += [
            Candidate(one.point, one.title, source, one.precision, Derivation.LISTED, credit=provider.credit)
            for one in answered
        ]
        result = Asked.FOUND if answered else Asked.NOTHING
        found.asked.append(ProviderAsked(source, result, cached=cached))

    def _ask(self, provider: Outside, address: str) -> Any:
        waits = my_turn(self.database, provider.name, self.now(), provider.seconds_apart)
        if waits is None:
            raise Unanswered("geocoder_busy")
        if waits:
            sleep(waits)
        try:
            return provider.ask(address)
        except Unanswered as why:
            if why.code == "geocoder_refuses":
                stay_away(self.database, provider.name, self.now())
            raise

    def _home(self, address: str, kind: StopKind | None) -> str | None:
        """Why an address is not sent outside: it is a home's, or nobody said that it is not."""
        if kind is None:
            return "geocode_kind_unsaid"
        if kind is StopKind.PRIVATE_HOME:
            return "geocode_home"
        with self.database.read() as session:
            homes = sa.select(Stop.address).where(
                Stop.kind == StopKind.PRIVATE_HOME, Stop.address.is_not(None)
            )
            known = any(same_address(address, home) for home in session.scalars(homes))
        return "geocode_home" if known else None


def _wanted(address: str) -> Precision:
    """How far an address itself goes: to its town, or further."""
    beyond = re.search("[0-9]", re.sub("[0-9]+丁目", "", spelled(address)))
    return Precision.BLOCK if beyond else Precision.TOWN


def outlines_in_force(session: Session) -> list[tuple[str, str, Outline]]:
    """(code, name, outline) of every area that was imported, the newest of each code."""
    newest = sa.select(Boundary).where(Boundary.undone_at.is_(None)).order_by(Boundary.change_no)
    by_code = {row.code: row for row in session.scalars(newest)}
    return [(row.code, row.name, Outline.from_geojson(row.geometry)) for _, row in sorted(by_code.items())]


def _beyond(outlines: Sequence[tuple[str, str, Outline]], point: Point) -> float:
    return min((outline.distance_m(point) for _, _, outline in outlines), default=0.0)


def _our_middle(session: Session) -> Point | None:
    lat, lon = session.execute(sa.select(sa.func.avg(Stop.lat_micro), sa.func.avg(Stop.lon_micro))).one()
    return None if lat is None else Point(float(lat) / MICRO, float(lon) / MICRO)


def _of_pasted(pasted: Pasted, point: Point) -> Candidate:
    rounded = Point(round(point.lat, 6), round(point.lon, 6))
    title = f"{rounded.lat:.6f}, {rounded.lon:.6f}"
    return Candidate(rounded, title, PositionSource.PASTED, pasted.precision, pasted.derived)


def _doubts(pasted: Pasted) -> list[str]:
    if pasted.derived is Derivation.MAP_LINK_VIEW:
        return ["map_link_view_only"]
    return ["coordinates_swapped"] if pasted.derived is Derivation.SWAPPED_COORDINATES else []


def _good_enough(candidate: Candidate, wanted: Precision) -> bool:
    return wanted is Precision.TOWN or candidate.precision is not Precision.TOWN


def _advice(found: Found) -> list[str]:
    """What to do when nobody knows it: the gazetteer is the first thing, the pin always works."""
    codes = [asked.code for asked in found.asked if asked.code is not None]
    if "gazetteer_missing" in codes and not any(asked.result is Asked.NOTHING for asked in found.asked):
        return ["geocode_unable"]
    return ["geocode_nothing"]
