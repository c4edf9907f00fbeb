"""A visit at which something happened was held, whoever called it off, and whichever of the two was heard first."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

import sqlalchemy as sa

from outreach_api.ledger import timetable
from outreach_api.ledger.counter import ChangeNumbers
from outreach_api.ledger.kinds import Announce, Work
from outreach_api.storage.visits import Visit
from schemas.vocabulary import VisitStatus


def take_back(work: Work, called_off: Iterable[uuid.UUID], numbers: ChangeNumbers) -> list[Announce]:
    """Open these visits again, for facts came to them, and tell phones and families so.

    The phone that called one off knew nothing of the one that was there: had the facts come first, it would have
    been refused (`visit_has_facts`), and the visit would stand as it stands now.
    """
    ids = list(called_off)
    if not ids:
        return []
    rows = work.session.scalars(sa.select(Visit).where(Visit.id.in_(ids))).all()
    for row in rows:
        row.status, row.cancel_reason = VisitStatus.OPEN, None
        row.version += 1
        row.change_no = numbers.next()
        timetable.follow_visit(work, row)
    # What comes next in this push asks the database itself.
    work.session.flush()
    return [Announce("visit", row.id, row.van_id) for row in rows]
