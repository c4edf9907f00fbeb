"""What ended for good, besides sealed values: tokens and the names of those who left. A restore ends it again."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.storage.access import ERASED_NAME, Person, Token
from outreach_api.storage.bulk import CHUNK
from outreach_api.storage.witness import Witness

NAME = "people.name"
"""As the witness notes names that were erased."""


def end_again(session: Session, witness: Witness, now: dt.datetime) -> int:
    """After a restore: tokens that were revoked since that backup, and names of people who left since.

    Returns how many tokens were alive again. The caller commits.
    """
    again = 0
    for token in witness.ended_tokens():
        done = session.execute(
            sa.update(Token)
            .where(
                Token.prefix == token.prefix,
                sa.or_(
                    Token.revoked_at.is_(None),
                    sa.and_(Token.takes_until.is_not(None), sa.literal(token.takes_until is None)),
                ),
            )
            .values(revoked_at=token.ended_at, takes_until=token.takes_until)
            .execution_options(synchronize_session=False)
        )
        again += done.rowcount  # type: ignore[attr-defined]
    left = witness.erased_in(NAME)
    for start in range(0, len(left), CHUNK):
        gone = left[start : start + CHUNK]
        session.execute(
            sa.update(Person)
            .where(Person.id.in_(gone), Person.name != ERASED_NAME)
            .values(name=ERASED_NAME, kana=None, active=False)
            .execution_options(synchronize_session=False)
        )
        session.execute(
            sa.update(Token)
            .where(Token.person_id.in_(gone))
            .values(label=ERASED_NAME)
            .execution_options(synchronize_session=False)
        )
    return again
