"""Begins epochs, and says up to where backups reach: what phones send again, and what they may forget."""

from __future__ import annotations

import datetime as dt
import re

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.ids import new_id
from outreach_api.ledger import counter
from outreach_api.storage.ledger import ChangeCounter

_MARK = re.compile(r"([0-9]{1,18})-([0-9a-f]{8})")


def begin(session: Session) -> None:
    """The database went back to an earlier state: devices pull everything and push again what they hold.

    What backups cover stays as the database says it: it knew of them when it was in that state.
    """
    session.execute(sa.update(ChangeCounter).values(epoch=new_id()))


def went_back(session: Session, change_no: int, epoch: str) -> bool:
    """Whether the database, in this same epoch, gave out a change number that it has not come to; then one begins.

    The session must be a write transaction.
    """
    counter.ChangeNumbers(session)  # first lock of every write: another request may be finding the same
    last, now = counter.current(session)
    if str(now) != epoch or change_no <= last:
        return False
    begin(session)
    return True


def mark(session: Session) -> str:
    """Where the database stands, in a word: noted before a backup begins, since that then holds all up to there.

    (Commit order is number order: what has a lower number was committed, and is in every later snapshot.)
    """
    number, epoch = counter.current(session)
    return f"{number}-{epoch.hex[:8]}"


def marked(session: Session, word: str) -> int | None:
    """The change number of a `mark`; None if that is not of this epoch, or beyond what the database came to."""
    found = _MARK.fullmatch(word.strip())
    last, epoch = counter.current(session)
    if found is None or found[2] != epoch.hex[:8] or int(found[1]) > last:
        return None
    return int(found[1])


def covered(session: Session, number: int, at: dt.datetime) -> None:
    """A backup that was made at that time holds everything up to this change number.

    Phones may forget what is backed up too. One that reaches further stays the one that they hear of.
    """
    reached = ChangeCounter.backed_up_no
    session.execute(
        sa.update(ChangeCounter)
        .where(sa.or_(reached.is_(None), reached <= number))
        .values(backed_up_no=number, backed_up_at=at)
    )
