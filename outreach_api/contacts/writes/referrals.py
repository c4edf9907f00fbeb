"""Opens referrals and records what became of them; nobody is handed over by name without consent."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from outreach_api.contacts.rules import CONSENT_REQUIRED, case_ref_fault, consent_needed
from outreach_api.contacts.writes.notes import NOTE_UNKNOWN, notes_in_reach
from outreach_api.kernel.errors import Problem, Refusal
from outreach_api.kernel.ids import derived
from outreach_api.kernel.week import IsoWeek
from outreach_api.ledger.kinds import Accepted, Announce, Applied, Work
from outreach_api.ledger.visit_facts import VISIT_UNKNOWN, fact_columns, frames, of_own_van
from outreach_api.storage import bulk
from outreach_api.storage.contacts import Consent, Destination, Referral, ReferralEvent
from outreach_api.storage.ended import end_consents
from outreach_api.storage.visits import Visit
from schemas.vocabulary import DestinationKind, ReferralDirection

_DESTINATION_UNKNOWN = Refusal("invalid", 422, {}, (Problem("/destination_id", "unknown_reference"),))
_REFERRAL_UNKNOWN = Refusal(
    "referral_unknown", 404, {}, (Problem("/referral_id", "referral_unknown"),), passing=True
)


def open_referrals(work: Work, operations: Sequence[Accepted]) -> list[Applied | Refusal]:
    visits = frames(work, (accepted.values["visit_id"] for accepted in operations))
    notes = notes_in_reach(work, {n for a in operations if (n := a.values["note_id"]) is not None})
    kinds = _destination_kinds(work, (accepted.values["destination_id"] for accepted in operations))
    referrals: list[dict[str, Any]] = []
    consents: list[dict[str, Any]] = []
    answers: list[Applied | Refusal] = []
    for accepted in operations:
        given = dict(accepted.values)
        consent = given.pop("consent")
        frame, kind = visits.get(given["visit_id"]), kinds.get(given["destination_id"])
        if frame is None:
            answers.append(VISIT_UNKNOWN)
            continue
        if kind is None:
            answers.append(_DESTINATION_UNKNOWN)
            continue
        if given["note_id"] is not None and given["note_id"] not in notes:
            answers.append(NOTE_UNKNOWN)
            continue
        fault = case_ref_fault(kind, given["case_ref"], has_consent=consent is not None)
        if fault is not None:
            answers.append(fault)
            continue
        referrals.append({**given, **fact_columns(work, accepted, frame)})
        if consent is not None:
            consent_id = derived("consent", accepted.entity_id)
            consents.append(_consent_row(work, accepted, consent_id, accepted.entity_id, consent))
        answers.append(
            Applied(accepted.entity_id, announces=_told(accepted.entity_id, frame.van_id) if consent else ())
        )
    if referrals:
        bulk.append(work.session, Referral, referrals)
    if consents:
        bulk.append(work.session, Consent, consents)
    return answers


def report_outcomes(work: Work, operations: Sequence[Accepted]) -> list[Applied | Refusal]:
    found = _referrals(work, (accepted.values["referral_id"] for accepted in operations))
    rows: list[dict[str, Any]] = []
    answers: list[Applied | Refusal] = []
    for accepted in operations:
        given = accepted.values
        referral = found.get(given["referral_id"])
        if referral is None:
            answers.append(_REFERRAL_UNKNOWN)
            continue
        if consent_needed(referral.kind, referral.direction, given["outcome"]) and not referral.consented:
            answers.append(CONSENT_REQUIRED)
            continue
        rows.append(
            {
                "id": accepted.entity_id,
                "iso_week": IsoWeek.of(given["local_day"]).as_int,
                "change_no": accepted.change_no,
                "received_at": work.now,
                **given,
            }
        )
        answers.append(Applied(accepted.entity_id))
    if rows:
        bulk.append(work.session, ReferralEvent, rows)
    return answers


def give_consent(work: Work, accepted: Accepted) -> Applied | Refusal:
    """Record a consent that came after the referral, with the reference it allows.

    One that was given before the last withdrawal was ended by that, however late it arrives.
    """
    given = dict(accepted.values)
    referral_id, case_ref = given.pop("referral_id"), given.pop("case_ref")
    found = _referrals(work, [referral_id]).get(referral_id)
    if found is None:
        return _REFERRAL_UNKNOWN
    if found.withdrawn_at is not None and accepted.moment(given["at"]) <= found.withdrawn_at:
        return Refusal("consent_was_withdrawn", 409)
    if found.consented:
        return Refusal("consent_stands", 409)
    fault = case_ref_fault(found.kind, case_ref, has_consent=True)
    if fault is not None:
        return fault
    row = _consent_row(work, accepted, accepted.entity_id, referral_id, given)
    bulk.append(work.session, Consent, [row])
    if case_ref is not None:
        work.session.execute(sa.update(Referral).where(Referral.id == referral_id).values(case_ref=case_ref))
    return Applied(accepted.entity_id, announces=_told(referral_id, found.van_id))


def withdraw_consent(work: Work, accepted: Accepted) -> Applied | Refusal:
    """End the standing consent; the reference that it allowed is erased everywhere, its events stay.

    Also where none stands: it may still be on a phone, and must not stand when it arrives.
    """
    referral_id = accepted.entity_id
    found = _referrals(work, [referral_id]).get(referral_id)
    if found is None:
        # On a phone that has not come yet: it is sent again until that is here.
        return _REFERRAL_UNKNOWN
    said_at = max(min(accepted.occurred_at, work.now), found.withdrawn_at or accepted.occurred_at)
    end_consents(work.session, work.keyring.witness, referral_id, said_at, work.now)
    return Applied(referral_id, created=False, announces=_told(referral_id, found.van_id))


def _told(referral_id: uuid.UUID, van_id: uuid.UUID) -> tuple[Announce, ...]:
    """Phones learn whether somebody may be handed over by name, and drop it when that ends."""
    return (Announce("consent", referral_id, van_id),)


def _consent_row(
    work: Work, accepted: Accepted, consent_id: uuid.UUID, referral_id: uuid.UUID, given: dict[str, Any]
) -> dict[str, Any]:
    return {
        "id": consent_id,
        "referral_id": referral_id,
        "scope": given["scope"],
        "given_by": given["given_by"],
        "method": given["method"],
        "given_at": given["at"],
        "withdrawn_at": None,
        "change_no": accepted.change_no,
        "received_at": work.now,
    }


def _destination_kinds(work: Work, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, DestinationKind]:
    select = sa.select(Destination.id, Destination.kind).where(Destination.id.in_(set(ids)))
    return {found: DestinationKind(kind) for found, kind in work.session.execute(select)}


class _Found(NamedTuple):
    """A referral in reach, as far as what is done with it asks."""

    direction: ReferralDirection
    kind: DestinationKind
    van_id: uuid.UUID
    withdrawn_at: dt.datetime | None
    consented: bool


def _referrals(work: Work, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, _Found]:
    stands = sa.exists(
        sa.select(Consent.id).where(Consent.referral_id == Referral.id, Consent.withdrawn_at.is_(None))
    )
    select = (
        sa.select(
            Referral.id,
            Referral.direction,
            Destination.kind,
            Visit.van_id,
            Referral.consent_withdrawn_at,
            stands,
        )
        .join(Destination, Destination.id == Referral.destination_id)
        .join(Visit, Visit.id == Referral.visit_id)
        .where(Referral.id.in_(set(ids)), of_own_van(work.actor, Referral.visit_id))
    )
    return {
        found: _Found(
            ReferralDirection(direction), DestinationKind(kind), van_id, withdrawn_at, bool(consented)
        )
        for found, direction, kind, van_id, withdrawn_at, consented in work.session.execute(select)
    }
