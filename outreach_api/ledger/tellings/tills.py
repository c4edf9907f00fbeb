"""Countings of one visit's tills: those that go with the receipts that stand, and of the same coins only one."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.ledger import measures
from outreach_api.ledger.kinds import Announce, Tally
from outreach_api.ledger.tellings.sources import Turned, held_back
from outreach_api.storage.sales import CashUp

TILL = "till"


def let_stand(session: Session, visit_id: uuid.UUID, source: str | None) -> Turned:
    """Let the countings of this source count at a visit, if it counted any; else those of the one that came first.

    Two of one source come together when visits are joined. If their float and every coin are the same, two phones
    told of one drawer; if not, or if there was no coin to tell by, they are two drawers, and both differences stand.
    """
    rows = session.scalars(sa.select(CashUp).where(CashUp.visit_id == visit_id)).all()
    rows = sorted(rows, key=lambda row: (not row.counted, row.change_no))
    if not rows:
        return Turned()
    if source not in {row.source for row in rows}:
        source = rows[0].source
    tallies, announces = [], []
    drawers: set[tuple[object, ...]] = set()
    for row in sorted(rows, key=lambda row: row.change_no):
        drawer = (row.opening_float_yen, *sorted((face, n) for face, n in row.counts.items() if n))
        counts = row.source == source and drawer not in drawers
        if counts and row.counted_yen:
            drawers.add(drawer)
        if counts is not row.counted:
            row.counted = counts
            yen = row.counted_yen - row.expected_yen
            tallies.append(Tally(visit_id, measures.TILL_DIFFERENCE_YEN, "", yen if counts else -yen))
            tallies.append(held_back(visit_id, TILL, -1 if counts else 1))
            announces.append(Announce("cash_up", row.id, row.van_id))
    session.flush()
    return Turned(tuple(tallies), tuple(announces))
