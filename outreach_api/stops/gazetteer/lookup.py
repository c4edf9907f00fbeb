"""Finds an address in the imported lists: the finest line that there is, or the middle of what lies around it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.addresses import Numbers, read_numbers, spelled
from outreach_api.kernel.geo import Point
from outreach_api.kernel.mesh import MICRO
from outreach_api.stops.gazetteer.imports import in_force
from outreach_api.stops.gazetteer.towns import CHOME, Town, cities_of, towns_of
from outreach_api.storage.places import GazetteerImport, GazetteerPlace
from schemas.vocabulary import Derivation, Precision

MOST = 10
_CHOME_AT_END = re.compile("[0-9０-９一二三四五六七八九十]+丁目$")
_P = GazetteerPlace


@dataclass(frozen=True, slots=True)
class Listed:
    """A place of the lists that an address may mean."""

    point: Point
    title: str
    precision: Precision
    derived: Derivation
    unused: str
    """What stood in the address and in no list: a building's name, a number that is not listed."""
    credit: str


def is_empty(session: Session) -> bool:
    """Whether no gazetteer was imported."""
    return not in_force(session)


def look_up(session: Session, address: str) -> list[Listed]:
    """The places that an address may mean, the finest first; [] when no list knows its town."""
    entries = in_force(session)
    ids = [entry.id for entry in entries]
    towns = towns_of(session, entries, address)
    found = [listed for town in towns for listed in _in_town(session, entries, ids, town)]
    rank = {Precision.POINT: 0, Precision.BLOCK: 1, Precision.TOWN: 2}
    finest: dict[tuple[str, Precision], Listed] = {}
    for listed in sorted(found, key=lambda one: (rank[one.precision], one.derived is Derivation.MEAN)):
        finest.setdefault((listed.title, listed.precision), listed)
    best = list(finest.values())
    if best and best[0].precision is not Precision.TOWN:
        # Where one reading of the numbers is listed, another one that is not says nothing.
        best = [listed for listed in best if listed.precision is not Precision.TOWN]
    return best[:MOST]


def middle_of(session: Session, locality: str) -> Point | None:
    """Roughly where a city or a town is: what a short plus code stands beside. Never a stop's position."""
    entries = in_force(session)
    parts = [part for part in re.split(r"[\s、,]+", locality) if part]
    # 松戸市、千葉県 as maps write it, the smaller one first.
    for said in (spelled(text) for text in ("".join(parts), "".join(reversed(parts)), *parts)):
        for prefecture, city in cities_of(entries):
            if said in (spelled(prefecture + city), spelled(city)):
                where = (_P.import_id.in_([entry.id for entry in entries]), _P.city == city)
                return _mean(session, *where, _P.prefecture == prefecture)
    listed = look_up(session, locality)
    return listed[0].point if listed else None


def _in_town(
    session: Session, entries: Sequence[GazetteerImport], ids: Sequence[uuid.UUID], town: Town
) -> list[Listed]:
    # A 丁目 that no list has is a name, and its number no block's.
    numbers = Numbers(rest=town.after) if CHOME.match(town.after) else read_numbers(town.after)
    here = (
        _P.import_id.in_(ids),
        town.column.in_(town.keys),
        _P.city == town.city,
        _P.prefecture == town.prefecture,
    )
    credits = {entry.id: entry.credit for entry in entries}
    listed: list[Listed] = []
    if numbers.block:
        rows = session.scalars(
            sa.select(_P)
            .where(*here, _P.block == numbers.block)
            .order_by(_P.unit, _P.import_id, _P.line)
            .limit(2_000)
        ).all()
        listed = _in_block(rows, numbers, credits)
    if listed:
        return listed
    unused = town.after.strip("-/")
    # Sorted here: told to sort by the import, SQLite walks all of it.
    whole = session.scalars(sa.select(_P).where(*here, _P.block == "").limit(100)).all()
    if whole:
        row = min(whole, key=lambda one: (ids.index(one.import_id), one.line))
        return [_listed(row, Precision.TOWN, Derivation.LISTED, unused, credits[row.import_id])]
    first = session.scalars(sa.select(_P).where(*here).limit(1)).first()
    middle = _mean(session, *here)
    if first is None or middle is None:
        return []
    name = first.town if len(town.keys) == 1 else _CHOME_AT_END.sub("", first.town)
    title = f"{first.prefecture}{first.city}{name}"
    return [Listed(middle, title, Precision.TOWN, Derivation.MEAN, unused, credits[first.import_id])]


def _in_block(
    rows: Sequence[GazetteerPlace], numbers: Numbers, credits: dict[uuid.UUID, str]
) -> list[Listed]:
    exact = [row for row in rows if numbers.unit and row.unit == numbers.unit]
    if exact:
        return [
            _listed(row, Precision.POINT, Derivation.LISTED, numbers.rest, credits[row.import_id])
            for row in exact
        ]
    unused = "-".join(part for part in (numbers.unit, numbers.rest) if part)
    whole = [row for row in rows if not row.unit]
    if whole:
        return [
            _listed(row, Precision.BLOCK, Derivation.LISTED, unused, credits[row.import_id]) for row in whole
        ]
    if not rows:
        return []
    lat = sum(row.lat_micro for row in rows) / len(rows) / MICRO
    lon = sum(row.lon_micro for row in rows) / len(rows) / MICRO
    title = _title(rows[0], with_unit=False)
    middle = Point(round(lat, 6), round(lon, 6))
    return [Listed(middle, title, Precision.BLOCK, Derivation.MEAN, unused, credits[rows[0].import_id])]


def _listed(
    row: GazetteerPlace, precision: Precision, derived: Derivation, unused: str, credit: str
) -> Listed:
    point = Point(row.lat_micro / MICRO, row.lon_micro / MICRO)
    return Listed(point, _title(row), precision, derived, unused, credit)


def _title(row: GazetteerPlace, *, with_unit: bool = True) -> str:
    title = f"{row.prefecture}{row.city}{row.town}"
    if not row.block:
        return title
    block_word, unit_word = {"block": ("番", "号"), "parcel": ("番地", "")}.get(row.numbered, ("", ""))
    if not (row.unit and with_unit):
        return f"{title}{row.block}{block_word}"
    joined = block_word if unit_word else "-"
    return f"{title}{row.block}{joined or '-'}{row.unit}{unit_word}"


def _mean(session: Session, *where: Any) -> Point | None:
    lat, lon = session.execute(
        sa.select(sa.func.avg(_P.lat_micro), sa.func.avg(_P.lon_micro)).where(*where)
    ).one()
    if lat is None:
        return None
    return Point(round(float(lat) / MICRO, 6), round(float(lon) / MICRO, 6))
