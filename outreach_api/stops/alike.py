"""Whether two stops may be one place: how near, how alike their names, whether one address. A rule, and measured.

Measured against 84 pairs as crews and hosts write them (tests/unit/test_alike.py): what is told and what is missed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from outreach_api.kernel.addresses import number_of, same_address
from outreach_api.kernel.geo import Point, distance_m
from schemas.vocabulary import Precision

FARTHEST_M = 1_000.0
"""Beyond this no two stops are compared."""
# As far as a position may be off, in metres: the middle of a town, of a block, or the place itself.
_OFF_M = {Precision.TOWN: 400.0, Precision.BLOCK: 100.0}
# The less alike two names are, the nearer they must be: (similarity at least, metres at most).
_STEPS = ((0.9, 300.0), (0.7, 150.0), (0.5, 50.0), (0.34, 20.0))
_SAME_ADDRESS_M = 300.0
_LEAST_WITH_ADDRESS = 0.2

# As `_plain` leaves them: words for one thing, and those that name nothing.
_WORDS = (
    ("ひろば", "広場"),
    ("ぱーく", "公園"),
    ("こうえん", "公園"),
    ("さん宅", ""),
    ("様宅", ""),
    *((word, "") for word in ("前", "内", "横", "脇")),
)
# What tells neighbours apart that are called alike: a number, a side, a letter.
_SIDES = ("東", "西", "南", "北", "上", "下", "表", "裏", "旧", "新")
_COUNTING = r"(?=号|丁目|公園|広場|集会所|棟|街区|世紀|小|中|$)"
_KANJI_NUMBER = re.compile(rf"([一二三四五六七八九十]+){_COUNTING}")
_NUMBERED = re.compile(rf"([0-9]+){_COUNTING}|([a-z])(?=棟|街区|$)")


@dataclass(frozen=True, slots=True)
class Site:
    """What is compared of a stop."""

    point: Point
    names: tuple[str, ...]
    """Its name, kana and English name, those that it has."""
    address: str | None = None
    precision: str | None = None


@dataclass(frozen=True, slots=True)
class Alike:
    metres: float
    similarity: float
    same_address: bool


def alike(one: Site, other: Site) -> Alike | None:
    """Why two stops may be one place; None if nothing says so."""
    metres = distance_m(one.point, other.point)
    off = max(_off(one), _off(other))
    if metres > FARTHEST_M:
        return None
    near = max(0.0, metres - off)
    if any(_told_apart(a, b) for a, b in zip(one.names[:1], other.names[:1], strict=False)):
        return None
    similarity = max((_similar(a, b) for a in one.names for b in other.names), default=0.0)
    one_door = same_address(one.address, other.address)
    by_name = any(similarity >= least and near <= most for least, most in _STEPS)
    by_address = one_door and near <= _SAME_ADDRESS_M and similarity >= _LEAST_WITH_ADDRESS
    return Alike(metres, round(similarity, 2), one_door) if by_name or by_address else None


def _off(site: Site) -> float:
    return _OFF_M.get(Precision(site.precision), 0.0) if site.precision else 0.0


def _similar(one: str, other: str) -> float:
    """Sørensen and Dice's share of common letter pairs; 0.9 if the one name stands whole in the other."""
    a, b = _folded(one), _folded(other)
    if not a or not b:
        return 0.0
    if a == b:
        return 1.0
    shorter, longer = sorted((a, b), key=len)
    if len(shorter) >= 3 and shorter in longer:
        return 0.9
    pairs, others = _pairs(a), _pairs(b)
    if not pairs or not others:
        return 0.0
    common = sum(min(pairs[pair], others.get(pair, 0)) for pair in pairs)
    return 2 * common / (sum(pairs.values()) + sum(others.values()))


def _pairs(text: str) -> dict[str, int]:
    counted: dict[str, int] = {}
    for pair in (text[at : at + 2] for at in range(len(text) - 1)):
        counted[pair] = counted.get(pair, 0) + 1
    return counted


def _folded(name: str) -> str:
    said = _plain(name)
    for word, instead in _WORDS:
        said = said.replace(word, instead)
    return said


def _plain(name: str) -> str:
    """Width, case, spaces, marks, the two kana and the two ways of writing a number don't matter."""
    folded = unicodedata.normalize("NFKC", name).lower()
    letters = (letter for letter in folded if letter.isalnum())
    kana = "".join(chr(ord(letter) - 0x60) if "ァ" <= letter <= "ヶ" else letter for letter in letters)
    kana = re.sub("(?<=[\u4e00-\u9fff])[ゖけが](?=[\u4e00-\u9fff])", "け", kana)
    return _KANJI_NUMBER.sub(lambda found: str(number_of(found[1])), kana).replace("第", "")


def _told_apart(one: str, other: str) -> bool:
    a, b = _plain(one), _plain(other)
    if a == b:
        return False
    numbers, others = set(_numbers(a)), set(_numbers(b))
    if numbers and others and numbers != others:
        return True
    return {side for side in _SIDES if side in a} != {
        side for side in _SIDES if side in b
    } and _without_sides(a) == _without_sides(b)


def _numbers(name: str) -> Iterable[str]:
    for number, letter in _NUMBERED.findall(name):
        yield number or letter


def _without_sides(name: str) -> str:
    for side in _SIDES:
        name = name.replace(side, "")
    return name
