"""The witness: what must be remembered apart from the data, so that the data can't forget it. It stands in the cabinet.

Which values were erased and which tokens ended, so that an older database that is put back does not bring them again;
and how far the audit had come, so that nobody can cut off its end or write it anew.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from outreach_api.storage.base import Id, Utc
from outreach_api.storage.bulk import CHUNK
from outreach_api.storage.cabinet import CABINET
from outreach_api.storage.session import Database

OLDEST_BACKUP = dt.timedelta(days=400)
"""Erasures stay noted for so long: for as long as a backup may be put back that still has the values."""

_ERASURES = sa.Table(
    "erasures",
    CABINET,
    sa.Column("column_name", sa.Text, primary_key=True),
    sa.Column("row_id", Id, primary_key=True),
    sa.Column("erased_at", Utc, nullable=False),
)
_AUDIT_HEADS = sa.Table(
    "audit_heads",
    CABINET,
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("hash", sa.LargeBinary, nullable=False),
    sa.Column("seen_at", Utc, nullable=False),
)
_ENDED_TOKENS = sa.Table(
    "ended_tokens",
    CABINET,
    sa.Column("prefix", sa.Text, primary_key=True),
    sa.Column("ended_at", Utc, nullable=False),
    sa.Column("takes_until", Utc),
)


class EndedToken(NamedTuple):
    """A token that must not come back to life."""

    prefix: str
    ended_at: dt.datetime
    takes_until: dt.datetime | None


class Witness:
    """What stands in the cabinet beside the keys."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note_erasures(self, column: str, row_ids: Collection[uuid.UUID], now: dt.datetime) -> None:
        """Values of table.column that must not come back.

        Call it before they go: what is noted and still there is erased after the next restore.
        """
        if row_ids:
            rows = [{"column_name": column, "row_id": row_id, "erased_at": now} for row_id in row_ids]
            with self._database.write() as session:
                session.execute(_once(_ERASURES, session.get_bind().dialect.name), rows)

    def erased_in(self, column: str) -> list[uuid.UUID]:
        """The rows of a table.column whose value was erased."""
        select = sa.select(_ERASURES.c.row_id).where(_ERASURES.c.column_name == column)
        with self._database.read() as session:
            return list(session.scalars(select))

    def erased_among(self, column: str, row_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
        """Of these rows of a table.column, those whose value was erased, whether they are there or not."""
        wanted, found = list(row_ids), set[uuid.UUID]()
        with self._database.read() as session:
            for start in range(0, len(wanted), CHUNK):
                select = sa.select(_ERASURES.c.row_id).where(
                    _ERASURES.c.column_name == column,
                    _ERASURES.c.row_id.in_(wanted[start : start + CHUNK]),
                )
                found |= set(session.scalars(select))
        return found

    def erasure_times(self, column: str) -> dict[uuid.UUID, dt.datetime]:
        """The rows of a table.column whose value was erased, and when."""
        select = sa.select(_ERASURES.c.row_id, _ERASURES.c.erased_at).where(_ERASURES.c.column_name == column)
        with self._database.read() as session:
            return dict(session.execute(select).all())

    def forget_old_erasures(self, now: dt.datetime) -> None:
        with self._database.write() as session:
            session.execute(sa.delete(_ERASURES).where(_ERASURES.c.erased_at < now - OLDEST_BACKUP))

    def unnote_erasure(self, column: str, row_id: uuid.UUID) -> None:
        """Somebody wrote it anew, and may keep it."""
        with self._database.write() as session:
            session.execute(
                sa.delete(_ERASURES).where(_ERASURES.c.column_name == column, _ERASURES.c.row_id == row_id)
            )

    def note_tokens(self, ended: Collection[EndedToken]) -> None:
        """Tokens that open nothing any more; of one that was noted before, how it ended last."""
        if ended:
            with self._database.write() as session:
                session.execute(
                    sa.delete(_ENDED_TOKENS).where(_ENDED_TOKENS.c.prefix.in_([one.prefix for one in ended]))
                )
                session.execute(sa.insert(_ENDED_TOKENS), [one._asdict() for one in ended])

    def ended_tokens(self) -> list[EndedToken]:
        with self._database.read() as session:
            return [EndedToken(*row) for row in session.execute(sa.select(_ENDED_TOKENS))]

    def see_audit(self, seq: int, head: bytes, now: dt.datetime) -> None:
        """Remember an entry of the audit with its hash: it must be there, as it is, for ever."""
        with self._database.write() as session:
            session.execute(
                _once(_AUDIT_HEADS, session.get_bind().dialect.name),
                {"seq": seq, "hash": head, "seen_at": now},
            )

    def audit_heads(self) -> dict[int, bytes]:
        """The entries that were seen, by their number."""
        with self._database.read() as session:
            return {
                seq: bytes(head) for seq, head in session.execute(sa.select(*_AUDIT_HEADS.c["seq", "hash"]))
            }

    def unsee_audit_after(self, seq: int) -> None:
        """An older database was put back by its owner, who said so: it knows nothing of what came later."""
        with self._database.write() as session:
            session.execute(sa.delete(_AUDIT_HEADS).where(_AUDIT_HEADS.c.seq > seq))


def _once(table: sa.Table, dialect: str) -> sa.Insert:
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return insert(table).on_conflict_do_nothing()
