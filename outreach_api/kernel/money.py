"""Whole yen, in integers only: the tax that is contained in a total, and amounts that are shared out without a rest."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from outreach_api.kernel.errors import KernelError


class Rounding(StrEnum):
    """Which way a fraction of a yen of tax goes; the seller's choice (Consumption Tax Act leaves it open)."""

    FLOOR = "floor"
    HALF_UP = "half_up"
    CEIL = "ceil"


def tax_included(total_yen: int, rate_percent: int, rounding: Rounding = Rounding.FLOOR) -> int:
    """The consumption tax inside a tax-included total, in yen: total × r / (100 + r), rounded once.

    A negative total (a refund) is treated symmetrically: it takes back exactly the tax of the sale that it
    undoes, so "floor" and "ceil" mean towards and away from zero. Raises KernelError for a rate
    outside 0..100.
    """
    if not 0 <= rate_percent <= 100:
        raise KernelError("tax_rate_out_of_range", rate=rate_percent)
    divisor = 100 + rate_percent
    whole, rest = divmod(abs(total_yen) * rate_percent, divisor)
    if rounding is Rounding.CEIL:
        whole += rest > 0
    elif rounding is Rounding.HALF_UP:
        whole += 2 * rest >= divisor
    return -whole if total_yen < 0 else whole


def shares(yen: int, weights: Sequence[int]) -> list[int]:
    """An amount shared out in proportion to weights, in whole yen that add up to it exactly.

    What is left over goes, one yen each, to the largest remainders, the first ones first: the same shares on every
    machine, none above its weight while the amount is not above their sum. Without any weight all goes to the first.
    """
    whole = sum(weights)
    if whole == 0:
        return [yen] + [0] * (len(weights) - 1) if weights else []
    parts = [divmod(yen * weight, whole) for weight in weights]
    left = yen - sum(part for part, _ in parts)
    largest = sorted(range(len(parts)), key=lambda index: (-parts[index][1], index))
    more = set(largest[:left])
    return [part + (index in more) for index, (part, _) in enumerate(parts)]


def up_to(yen: int, pieces: int, of: int) -> int:
    """What the first `pieces` of `of` equal pieces cost together, if all of them cost `yen`, in whole yen.

    Differences of this are what single pieces cost: whatever the order in which they are given back, all of them
    together are the amount exactly.
    """
    return yen * pieces // of
