"""Which towns of the imported lists an address begins with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.addresses import PREFECTURES, read_numbers, spelled, spellings
from outreach_api.storage.places import GazetteerImport, GazetteerPlace

CHOME = re.compile("[0-9]+丁目")
_LONGEST_TOWN = 40
_MOST = 500
_MOST_CHOME = 50  # far more than any town has
_P = GazetteerPlace


@dataclass(frozen=True, slots=True)
class Town:
    """A town of one city, as its lines call it, with what followed its name."""

    prefecture: str
    city: str
    town: str
    keys: tuple[str, ...]
    """How it is spelled; several of a town that is listed by its 丁目 only."""
    column: Any
    """area_key or town_key: with the 小字 or without."""
    after: str


def towns_of(session: Session, entries: Sequence[GazetteerImport], address: str) -> list[Town]:
    """The towns with the longest name that an address begins with, in each city that it may be in.

    常盤平3-11 is 3丁目11 where there is such a 丁目, and only else 常盤平 3-11.
    """
    if not entries:
        return []
    cities = cities_of(entries)
    typed = spelled(address)
    best: list[Town] = []
    for said in spellings(address):
        prefecture, within, rest = _city(said, cities)
        here = [_P.import_id.in_([entry.id for entry in entries])]
        if within:
            here.append(_P.city.in_(within))
        if prefecture:
            here.append(_P.prefecture.in_(("", prefecture)))
        found = [
            town for column in (_P.area_key, _P.town_key) for town in _beginning(session, here, column, rest)
        ]
        if said != typed:  # a 丁目 that was only guessed at must be listed
            found = [town for town in found if not CHOME.match(town.after)]
        best = _longest([*best, *found])
        if any(read_numbers(town.after).block for town in best):
            return best
        if not best and said == typed:
            return _by_chome(session, here, rest)
    return best


def _beginning(session: Session, here: Sequence[Any], column: Any, rest: str) -> list[Town]:
    """The towns whose whole name stands at the beginning."""
    heads = [rest[:length] for length in range(1, min(len(rest), _LONGEST_TOWN) + 1)]
    select = sa.select(_P.prefecture, _P.city, _P.town, column.label("key")).where(*here, column.in_(heads))
    found = [
        Town(row.prefecture, row.city, row.town, (row.key,), column, rest[len(row.key) :])
        for row in session.execute(select.distinct().limit(_MOST))
    ]
    return [town for town in found if _may_end_here(town)]


def _by_chome(session: Session, here: Sequence[Any], rest: str) -> list[Town]:
    """A town that is listed by its 丁目 only, when the whole text is its name."""
    if not rest:
        return []
    numbered = [f"{rest}{number}丁目" for number in range(1, _MOST_CHOME + 1)]
    select = sa.select(_P.prefecture, _P.city, _P.town_key.label("key")).where(
        *here, _P.town_key.in_(numbered)
    )
    keys: dict[tuple[str, str], list[str]] = {}
    for row in session.execute(select.distinct().limit(_MOST)):
        keys.setdefault((row.prefecture, row.city), []).append(row.key)
    return [
        Town(prefecture, city, rest, tuple(sorted(known)), _P.town_key, "")
        for (prefecture, city), known in sorted(keys.items())
    ]


def _longest(towns: Sequence[Town]) -> list[Town]:
    length = max((len(town.keys[0]) for town in towns), default=0)
    return list(dict.fromkeys(town for town in towns if len(town.keys[0]) == length))


def _may_end_here(town: Town) -> bool:
    """A name may end before a number, a dash, a gap or nothing; 根本 is not the beginning of 根本町."""
    return not town.after or not _is_letter(town.after[0])


def _is_letter(character: str) -> bool:
    return character.isalpha() and character not in "甲乙丙丁イロハニホヘト"


def cities_of(entries: Sequence[GazetteerImport]) -> list[tuple[str, str]]:
    """(prefecture, city) of all lists, the longest names first."""
    known = {name for entry in entries for name in entry.cities}
    split = (_split(name) for name in known)
    return sorted(split, key=lambda pair: (-len(pair[1]), pair))


def _split(name: str) -> tuple[str, str]:
    prefecture = next((one for one in PREFECTURES.values() if name.startswith(one)), "")
    return prefecture, name.removeprefix(prefecture)


def _city(said: str, cities: Sequence[tuple[str, str]]) -> tuple[str, list[str], str]:
    """The prefecture ("" if unsaid), the cities it may be ([] is any) and what follows them."""
    prefecture = next((one for one in PREFECTURES.values() if said.startswith(one)), "")
    rest = said.removeprefix(prefecture)
    by_name: dict[str, list[str]] = {}
    for _, city in cities:
        for name in _called(city):
            by_name.setdefault(name, []).append(city)
    for length in range(len(rest), 0, -1):
        if rest[:length] in by_name:
            return prefecture, by_name[rest[:length]], rest[length:]
    return prefecture, [], rest


@lru_cache(maxsize=4_096)
def _called(city: str) -> frozenset[str]:
    """東葛飾郡沼南町 is called 沼南町 too."""
    whole = spelled(city)
    head, county, tail = whole.partition("郡")
    return frozenset((whole, tail) if county and head and tail else (whole,))
