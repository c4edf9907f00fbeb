"""Whether who asks may still come in: looked at again once the lock is held that revocations take, too.

A request may have begun before its token was revoked. Whoever revokes holds the counter's lock until the commit, and so
does whoever writes; so after that lock either the revocation is seen, or it comes after everything that is written.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.ledger.kinds import Actor
from outreach_api.storage.access import Token

_T = Token.__table__.c
_STANDING = sa.select(_T.revoked_at, _T.takes_until).where(_T.prefix == sa.bindparam("prefix"))


class NoLongerIn(Exception):
    """The token ended while its request ran: nothing of it may be committed."""


def look_again(session: Session, actor: Actor) -> None:
    """Call it with the counter's lock held. Raises NoLongerIn."""
    if actor.token is None:
        return  # the console, and what the server does by itself
    row = session.connection().execute(_STANDING, {"prefix": actor.token}).one_or_none()
    if row is None or (row.revoked_at is not None and not (actor.leaving and row.takes_until is not None)):
        raise NoLongerIn
