"""Who comes in with a token: found before every request, and noted once a day."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

import sqlalchemy as sa

from outreach_api.access.rules.tokens import same_secret, split_token
from outreach_api.kernel.log_lines import tell
from outreach_api.kernel.week import local_day
from outreach_api.ledger.kinds import Actor
from outreach_api.storage.access import Device, Person, Token
from outreach_api.storage.keyring import Keyring
from outreach_api.storage.session import Database
from outreach_api.storage.witness import EndedToken
from schemas.vocabulary import Role

log = logging.getLogger(__name__)
_NO_SECRET = bytes(32)

_T, _D, _P = Token.__table__.c, Device.__table__.c, Person.__table__.c
# Asked by every request: columns only, and the statement built once.
_HOLDER = (
    sa.select(
        _T.secret_hash,
        _T.revoked_at,
        _T.takes_until,
        _T.expires_at,
        _T.created_at,
        _T.last_used_day,
        _T.role,
        _T.van_id,
        _T.device_id,
        _T.person_id,
        _T.only,
        _D.active.label("device_active"),
        _P.active.label("person_active"),
    )
    .select_from(Token.__table__)
    .outerjoin(Device.__table__, _D.id == _T.device_id)
    .outerjoin(Person.__table__, _P.id == _T.person_id)
    .where(_T.prefix == sa.bindparam("prefix"))
)


def find_actor(
    database: Database, keyring: Keyring, text: str, now: dt.datetime, idle_days: int
) -> Actor | None:
    """The holder of a token that opens something: not expired, not idle for too long, not ended.

    One whose holder left opens nothing but a push of what was entered before, for as long as it takes.
    """
    parts = split_token(text)
    if parts is None:
        return None
    prefix, secret = parts
    with database.read() as session:
        row = session.execute(_HOLDER, {"prefix": prefix}).one_or_none()
    if not same_secret(secret, row.secret_hash if row else _NO_SECRET) or row is None:
        return None
    holder = row.device_id or row.person_id
    today = local_day(now)
    idle = today - (row.last_used_day or local_day(row.created_at))
    if holder is None or row.expires_at <= now or idle.days > idle_days:
        return None
    leaving = row.takes_until is not None and now < row.takes_until
    if not leaving and (row.revoked_at is not None or not (row.device_active or row.person_active)):
        return None
    if row.last_used_day != today:
        _note_use(database, keyring, prefix, today, first=row.last_used_day is None, now=now)
    return Actor(holder, Role(row.role), row.van_id, row.person_id, prefix, leaving, only=row.only)


def _note_use(
    database: Database, keyring: Keyring, prefix: str, today: dt.date, *, first: bool, now: dt.datetime
) -> None:
    """Note the day. With the first use of a token the one that it replaces has ended, with what that gave to pages.

    In a transaction of its own; when there is no turn for it now, the next request of the day does it.
    """
    new = sa.orm.aliased(Token)
    replaced = sa.select(new.replaces).where(new.prefix == prefix, new.replaces.is_not(None))
    try:
        noted = not first or _note_replaced(database, keyring, replaced, now)
        with database.write() as session:
            if noted:
                session.execute(sa.update(Token).where(Token.prefix == prefix).values(last_used_day=today))
            if first:
                session.execute(
                    sa.update(Token)
                    .where(_of(replaced), Token.revoked_at.is_(None))
                    .values(revoked_at=now)
                    .execution_options(synchronize_session=False)
                )
    except (sa.exc.OperationalError, sa.exc.TimeoutError):
        return


def _note_replaced(database: Database, keyring: Keyring, replaced: sa.Select[Any], now: dt.datetime) -> bool:
    """Have no restore bring back what a token replaces. False while the cabinet can't be written.

    Then that ends here all the same and its holder comes in, and the next request tries again.
    """
    # Who left says more of it: until when it takes what was entered before.
    ends = sa.select(Token.prefix, Token.revoked_at).where(_of(replaced), Token.takes_until.is_(None))
    with database.read() as session:
        ended = [EndedToken(row.prefix, row.revoked_at or now, None) for row in session.execute(ends)]
    try:
        keyring.witness.note_tokens(ended)
    except (sa.exc.SQLAlchemyError, OSError) as fault:
        tell(log, logging.ERROR, "ended_token_not_noted", fault)
        return False
    return True


def _of(prefixes: sa.Select[Any]) -> sa.ColumnElement[bool]:
    """Tokens, and those that pages got with them."""
    return sa.or_(Token.prefix.in_(prefixes), Token.made_with.in_(prefixes))
