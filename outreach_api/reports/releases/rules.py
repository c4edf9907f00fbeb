"""How an exact count becomes one that may be shown: rounded at random to base 5, the same way each time it is asked.

Each figure has one secret draw for ever, from a keyed function of what it is about. A count that did not change is
told as before; one that changed is told by the same draw, so that what was told is never further off than 4, and
there is never a second draw of one count that could be averaged with the first.

Whoever knows the exact head count of a visit (we tell some ourselves) could subtract: where all groups were rounded
up as far as it goes, only one way to fill them is left. Such a visit is told as a whole, without its groups.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from outreach_api.kernel.week import IsoWeek
from schemas.vocabulary import GROUP_OF, AgeGroup, Band

BASE = 5
FEWEST = 10
"""A visit of fewer people is told without its groups: almost any figure would tell who was there."""
LEAST_LEFT = 2
"""People that must be free to stand in any group after everything else is known: so each may have three values."""

DRAW_BITS = 64
_BALANCE, _WHOLE = "balance", "whole"

Draw = Callable[[str], int]
"""A secret number of DRAW_BITS bits for each named part of an atom, always the same."""


def keyed_draw(key: bytes, *about: str) -> Draw:
    """Draws that follow from a key and from what is counted (HMAC-SHA256 as a pseudo-random function)."""
    named = "".join(f"{len(part)}:{part}," for part in about)

    def draw(part: str) -> int:
        made = hmac.digest(key, f"{named}{part}".encode(), hashlib.sha256)
        return int.from_bytes(made[: DRAW_BITS // 8])

    return draw


def rounded(exact: int, draw: int) -> int:
    """One of the two multiples of 5 around a count: the mean over all draws is the count itself.

    5·⌊(x + u)/5⌋ with u of 0 to 4 (2^64 is no multiple of 5: that is off by less than 10^-19).
    """
    return BASE * ((exact + draw % BASE) // BASE)


def by_group(heads: Mapping[str, int]) -> dict[AgeGroup, int]:
    """Heads by band as counted, in the groups that are told."""
    groups = dict.fromkeys(AgeGroup, 0)
    for band, count in heads.items():
        groups[GROUP_OF[Band(band)]] += count
    return groups


def told_of_visit(exact: Mapping[AgeGroup, int], draw: Draw) -> dict[str, int]:
    """What is told of the heads of one stop and day, by group; without those of which 0 is told.

    A group below zero is a slip that nobody has put right yet: then only the sum is believed.
    """
    total = sum(exact.values())
    counts = tuple(exact[group] for group in AgeGroup)
    drawn = tuple(rounded(count, draw(group)) for group, count in zip(AgeGroup, counts, strict=True))
    if total < FEWEST or min(counts) < 0 or _told_as_a_whole(counts, drawn, draw(_BALANCE)):
        whole = rounded(max(0, total), draw(_WHOLE))
        return {AgeGroup.NOT_SAID.value: whole} if whole else {}
    return {group.value: value for group, value in zip(AgeGroup, drawn, strict=True) if value}


def gives_away(told: Sequence[int], total: int) -> bool:
    """Whether somebody who knows the exact total can narrow a group to two values or fewer.

    A group told as P has max(0, P-4) to P+4 people. All lie at one end when the total is near the sum of those ends.
    """
    least, most = sum(max(0, value - BASE + 1) for value in told), sum(value + BASE - 1 for value in told)
    return total - least < LEAST_LEFT or most - total < LEAST_LEFT


class _Balance(NamedTuple):
    """Which other roundings are told as a whole too, and how often (n of every m), so that the mean stays right."""

    below: bool
    n: int
    m: int


_NO_BALANCE = _Balance(below=False, n=0, m=1)


def _told_as_a_whole(counts: Sequence[int], drawn: Sequence[int], chance: int) -> bool:
    total = sum(counts)
    if gives_away(drawn, total):
        return True
    balance = _balance(tuple(sorted(counts)))
    off = sum(drawn) - total
    if not balance.n or off == 0 or (off < 0) != balance.below:
        return False
    return chance * balance.m < balance.n << DRAW_BITS


@lru_cache(maxsize=65_536)
def _balance(counts: tuple[int, ...]) -> _Balance:
    """What would give away lies far on one side of the total; as much is taken away on the other side.

    Without it, totals of many visits would be too low by what the given-away ones were too high.
    """
    if not _may_give_away(counts):
        return _NO_BALANCE
    total = sum(counts)
    taken = below = above = 0
    for weight, drawn in _roundings(counts):
        off = weight * (sum(drawn) - total)
        if gives_away(drawn, total):
            taken += off
        elif off < 0:
            below -= off
        else:
            above += off
    if taken == 0:
        return _NO_BALANCE
    return _Balance(taken > 0, abs(taken), below if taken > 0 else above)


def _may_give_away(counts: Sequence[int]) -> bool:
    """Whether any rounding of these counts gives away: the one that is nearest to either end. Hardly ever."""
    least = sum((count - 1) % BASE for count in counts if count)
    most = sum(BASE - 1 - count % BASE for count in counts)
    return least < LEAST_LEFT or most < LEAST_LEFT


def _roundings(counts: Sequence[int]) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Every way to round these counts, with its weight (of 5 to the number of counts)."""
    found: list[tuple[int, tuple[int, ...]]] = [(1, ())]
    for count in counts:
        rest = count % BASE
        ways = [(BASE - rest, count - rest), (rest, count - rest + BASE)]
        found = [(weight * more, (*drawn, value)) for weight, drawn in found for more, value in ways if more]
    yield from found


def part_of(day: dt.date) -> dt.date:
    """The first day of the part of a week that lies in one month: what is told of a day is told for that part.

    Weeks, months, quarters and fiscal years are made of whole parts, and nothing finer leaves the house.
    """
    return max(IsoWeek.of(day).monday, day.replace(day=1))
