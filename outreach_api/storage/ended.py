"""What ended for good, besides sealed values: tokens, names of those who left, consents. A restore ends it again."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.storage.access import ERASED_NAME, Person, Token
from outreach_api.storage.bulk import CHUNK
from outreach_api.storage.contacts import Consent, Referral
from outreach_api.storage.witness import Witness

NAME = "people.name"
"""As the witness notes names that were erased."""
_CASE_REF = "referrals.case_ref"
"""And that a consent was withdrawn, with the reference that it had allowed."""


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
    _end_consents_again(session, witness)
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


def end_consents(
    session: Session, witness: Witness, referral_id: uuid.UUID, said_at: dt.datetime, now: dt.datetime
) -> None:
    """Somebody took back at `said_at` that they may be handed over by name: whatever stands is over."""
    # Noted first, as ever; of several withdrawals, the last.
    witness.unnote_erasure(_CASE_REF, referral_id)
    witness.note_erasures(_CASE_REF, [referral_id], now)
    _end_consents(session, referral_id, said_at, received_until=now)


def _end_consents_again(session: Session, witness: Witness) -> None:
    """What had come in when it was withdrawn; a consent that came later stands."""
    times = witness.erasure_times(_CASE_REF)
    ids = list(times)
    for start in range(0, len(ids), CHUNK):
        select = sa.select(Referral.id, Referral.consent_withdrawn_at)
        for referral_id, at in session.execute(
            select.where(Referral.id.in_(ids[start : start + CHUNK]))
        ).all():
            noted = times[referral_id]
            _end_consents(session, referral_id, at or noted, received_until=noted)


def _end_consents(
    session: Session, referral_id: uuid.UUID, at: dt.datetime, *, received_until: dt.datetime
) -> None:
    stands = sa.and_(Consent.referral_id == referral_id, Consent.withdrawn_at.is_(None))
    over = sa.update(Consent).where(stands, Consent.received_at <= received_until).values(withdrawn_at=at)
    session.execute(over.execution_options(synchronize_session=False))
    case_ref = sa.case((sa.exists().where(stands), Referral.case_ref), else_=sa.null())
    told = sa.update(Referral).where(Referral.id == referral_id)
    told = told.values(consent_withdrawn_at=at, case_ref=case_ref)
    session.execute(told.execution_options(synchronize_session=False))
