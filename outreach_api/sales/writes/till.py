"""Counts tills. What was expected is computed once from typed events; what arrives later never changes it."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.errors import Problem, Refusal
from outreach_api.ledger import cash, measures
from outreach_api.ledger.kinds import Accepted, Announce, Applied, Tally, Warn, Work
from outreach_api.ledger.tellings import receipts
from outreach_api.ledger.tellings import tills as tellings
from outreach_api.ledger.tellings.sources import Told, Turned, held_back
from outreach_api.ledger.visit_facts import VISIT_UNKNOWN, fact_columns, frames
from outreach_api.sales import rules
from outreach_api.storage.access import Person
from outreach_api.storage.sales import CashMovement, CashUp, Sale, SaleRefund, SaleVoid, TicketEntry
from schemas.vocabulary import Role


def count_till(work: Work, accepted: Accepted) -> Applied | Refusal:
    """Keep one counting of a visit's till with the difference to what was expected."""
    given = accepted.values
    visits = frames(work, [given["visit_id"]])
    frame = visits.get(given["visit_id"])
    if frame is None:
        return VISIT_UNKNOWN
    counted_by = given["counted_by"] or accepted.acting_id or work.actor.person_id
    if counted_by is not None and not _is_person(work.session, counted_by):
        return Refusal("invalid", 422, {}, (Problem("/counted_by", "unknown_reference"),))
    told = Told(work, visits, [accepted])
    source = told.source(given["source"], frame)
    # The counter's lock lets one writer in at a time, so nobody else can be counting this till.
    tills = sa.select(CashUp.source).where(CashUp.visit_id == frame.id).distinct()
    others = set(work.session.scalars(tills))
    if source in others:
        return Refusal("already_counted", 409)
    own = frame.id in told.in_sight and source in receipts.tellers(work.session, frame.id)
    looked_at = cash.told_by(source) if own else cash.counts
    stayed = cash.stayed_yen(work.session, [frame.id], looked_at)
    expected_yen = given["opening_float_yen"] + stayed[frame.id]
    counted_yen = rules.counted_yen(given["counts"])
    difference_yen = counted_yen - expected_yen
    tolerance_yen = work.settings.till_tolerance_yen
    if abs(difference_yen) > tolerance_yen and given["difference_reason"] is None:
        params = {"difference_yen": difference_yen, "tolerance_yen": tolerance_yen}
        fault = Problem("/difference_reason", "difference_reason_required", params)
        return Refusal("difference_reason_required", 422, params, (fault,))
    row = CashUp(
        **fact_columns(work, accepted, frame),
        van_id=frame.van_id,
        opening_float_yen=given["opening_float_yen"],
        counts=given["counts"],
        counted_yen=counted_yen,
        expected_yen=expected_yen,
        expected_through=max(accepted.change_no, _last_change(work.session, frame.id)),
        difference_reason=given["difference_reason"],
        counted_by=counted_by,
        counted_holder_id=work.actor.holder_id,
        source=source.value,
        counted=not others,
    )
    work.session.add(row)
    work.session.flush()
    turned = _let_one_stand(work.session, frame.id) if others else Turned()
    difference = Tally(frame.id, measures.TILL_DIFFERENCE_YEN, "", difference_yen)
    first = held_back(frame.id, tellings.TILL) if others else difference
    seen = (Announce("visit", frame.id, frame.van_id),) if frame.id in told.in_sight else ()
    return Applied(
        accepted.entity_id,
        tallies=(first, *turned.tallies),
        announces=(*turned.announces, Announce("cash_up", row.id, row.van_id), *seen),
        warnings=() if row.counted else (Warn("till_held_back"),),
    )


def _let_one_stand(session: Session, visit_id: uuid.UUID) -> Turned:
    """The till was counted by phone and on paper: the counting that goes with the receipts counts."""
    return tellings.let_stand(session, visit_id, receipts.standing(session, [visit_id]).get(visit_id))


def approve_till(work: Work, accepted: Accepted) -> Applied | Refusal:
    """Have another look at a counting. Whoever counted can't approve; nobody has to on the same day."""
    found = sa.select(CashUp).where(CashUp.id == accepted.entity_id)
    if work.actor.role is Role.CREW:
        found = found.where(CashUp.van_id == work.actor.van_id)
    row = work.session.scalar(found)
    if row is None:
        return Refusal("not_found", 404)
    if row.approved_at is not None:
        return Refusal("already_approved", 409)
    approved_by = work.actor.person_id or accepted.acting_id or accepted.values["approved_by"]
    if approved_by is not None and not _is_person(work.session, approved_by):
        return Refusal("invalid", 422, {}, (Problem("/approved_by", "unknown_reference"),))
    approver = rules.Hand(work.actor.holder_id, approved_by)
    if not rules.is_another(approver, rules.Hand(row.counted_holder_id, row.counted_by)):
        return Refusal("approved_by_counter", 409)
    row.approved_by, row.approved_holder_id, row.approved_at = approved_by, work.actor.holder_id, work.now
    work.session.flush()
    return Applied(row.id, created=False, announces=(Announce("cash_up", row.id, row.van_id),))


def _is_person(session: Session, person_id: uuid.UUID) -> bool:
    return session.scalar(sa.select(Person.id).where(Person.id == person_id)) is not None


def _last_change(session: Session, visit_id: uuid.UUID) -> int:
    """The highest number among what was counted in.

    In one push, receipts that were sent after the counting are written before it and carry higher numbers.
    """
    numbers = (
        session.scalar(sa.select(sa.func.max(table.change_no)).where(table.visit_id == visit_id))
        for table in (Sale, SaleVoid, SaleRefund, TicketEntry, CashMovement)
    )
    return max((number for number in numbers if number is not None), default=0)
