"""The money of one receipt: what is taken off shared out over its lines, and how it was paid. Whole yen, no rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from outreach_api.kernel.money import shares
from schemas.vocabulary import Payment


def shared_out(yen: int, lines: Sequence[tuple[int, int]]) -> list[int]:
    """An amount shared out over lines (yen, rate in percent): what is taken off a whole receipt, or a set's price.

    In proportion to what stands there, first by rate, then by line: 国税庁「消費税の軽減税率制度に関するQ&A」個別事例編 問118,
    値引額を…価額の比率により按分. None gets more than stands there while the amount is not above their sum.
    """
    parts = [0] * len(lines)
    rates = sorted({rate for _, rate in lines})
    of_rates = shares(yen, [sum(own for own, of in lines if of == rate) for rate in rates])
    for rate, of_rate in zip(rates, of_rates, strict=True):
        mine = [index for index, (_, of) in enumerate(lines) if of == rate]
        for index, part in zip(mine, shares(of_rate, [lines[index][0] for index in mine]), strict=True):
            parts[index] = part
    return parts


class Settled(NamedTuple):
    """How a receipt was paid: money by way of paying, and what tickets paid of it, in yen."""

    money: dict[str, int]
    ticket_yen: int


def settled(due_yen: int, payments: Sequence[Mapping[str, Any]]) -> Settled | None:
    """How several ways together pay what is due, or None where they don't.

    Tickets pay what the money leaves, up to their worth; one way that says no amount pays what all others leave.
    """
    worth = 0
    money: dict[str, int] = {}
    rest: str | None = None
    for part in payments:
        if part["payment"] is Payment.TICKET:
            worth = part["ticket_count"] * part["ticket_face_yen"]
        elif "yen" in part:
            money[part["payment"].value] = part["yen"]
        else:
            rest = part["payment"].value
    left = due_yen - sum(money.values())
    ticket_yen = min(worth, left) if rest is not None else left
    if rest is not None:
        money[rest] = left - ticket_yen
    pays = not worth or 0 < ticket_yen <= worth
    if not pays or (not worth and ticket_yen) or any(yen < 1 for yen in money.values()):
        return None
    return Settled(money, ticket_yen)
