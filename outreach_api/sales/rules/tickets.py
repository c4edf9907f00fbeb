"""Whose gift of tickets was used."""

from __future__ import annotations

from collections.abc import Sequence


def used_of(gifts: Sequence[tuple[int, int]], used: int) -> list[int]:
    """How many of each gift (quantity, and of it used by number), in the order given, were used of `used` in all.

    What was used by number is that gift's; all else is taken from the oldest that has some left, so that whoever gave
    first is thanked first. What was used beyond all gifts is nobody's.
    """
    rest = used - sum(by_number for _, by_number in gifts)
    found = []
    for quantity, by_number in gifts:
        more = min(max(0, rest), quantity - by_number)
        rest -= more
        found.append(by_number + more)
    return found
