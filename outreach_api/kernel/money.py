"""Whole yen: the tax that is contained in a total, in integers only."""

from __future__ import annotations

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
