"""Change numbers: the one-row counter is locked first, so commit order is number order on both databases."""

from __future__ import annotations

import uuid
from typing import cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.ids import derived
from outreach_api.storage.ledger import ChangeCounter


class ChangeNumbers:
    """Counts in memory between `lock` and `store`; other writers wait. A PostgreSQL sequence would skip rows."""

    def __init__(self, session: Session) -> None:
        self._session = session
        row = session.connection().execute(_LOCKED).one_or_none()
        if row is None:
            raise RuntimeError("the change counter is missing: run the migrations")
        self._stored: int = row.value
        self.last: int = row.value

    def next(self) -> int:
        self.last += 1
        return self.last

    def store(self) -> None:
        """Call once, as the last statement before the commit."""
        if self.last != self._stored:
            self._session.connection().execute(_STORE, {"last": self.last})


_COUNTER = ChangeCounter.__table__.c
_LOCKED = sa.select(_COUNTER.value).where(_COUNTER.id == 1).with_for_update()
_STORE = (
    sa.update(cast(sa.Table, ChangeCounter.__table__))
    .where(_COUNTER.id == 1)
    .values(value=sa.bindparam("last"))
)
_CURRENT = sa.select(_COUNTER.value, _COUNTER.epoch).where(_COUNTER.id == 1)
_CURRENT_AND_TABLE = _CURRENT.add_columns(sa.literal_column("tableoid", sa.BigInteger))


def current(session: Session) -> tuple[int, uuid.UUID]:
    """Last committed change number and the database's epoch, without a lock.

    pg_restore makes the counter's table anew, and PostgreSQL numbers tables: a dump that was put back is another
    epoch also before somebody begins one.
    """
    if session.get_bind().dialect.name == "postgresql":
        value, epoch, table = session.execute(_CURRENT_AND_TABLE).one()
        return value, derived("epoch", epoch, table)
    row = session.connection().execute(_CURRENT).one()
    return row.value, row.epoch
