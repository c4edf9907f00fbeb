"""What becomes of letters in the dead-letter list: somebody settles them, and their contents are purged like notes."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.contacts.rules import purge_before
from outreach_api.kernel.errors import Refusal
from outreach_api.ledger import audit
from outreach_api.ledger.counter import ChangeNumbers
from outreach_api.ledger.kinds import Accepted, Applied, Work
from outreach_api.ledger.outcomes import Ending
from outreach_api.storage import bulk, sealed_values
from outreach_api.storage.keyring import Keyring
from outreach_api.storage.ledger import Receipt, Rejection
from outreach_api.sync import rules
from schemas.vocabulary import RejectionState, Role, Settlement


def settle(work: Work, accepted: Accepted) -> Applied | Refusal:
    """Say what became of a letter. Its operation can't be applied any more: it would count twice.

    What may be about a child's safety is for those who can read it: somebody who can't would take it off their list.
    """
    select = sa.select(Rejection).where(Rejection.id == accepted.entity_id)
    if work.actor.role is not Role.SAFEGUARDING:
        select = select.where(Rejection.about_staff.is_(False))
    row = work.session.scalar(select)
    if row is None:
        return Refusal("not_found", 404)
    if row.urgent and work.actor.role is not Role.SAFEGUARDING:
        return Refusal("letter_with_safeguarding", 403)
    if row.state == RejectionState.SETTLED:
        return Refusal("already_settled", 409)
    in_already = _in_already(work, row)
    if in_already and accepted.values["settlement"] is not Settlement.KNOWN:
        return Refusal("letter_in_already", 409)
    row.state, row.settlement = RejectionState.SETTLED.value, accepted.values["settlement"].value
    row.settled_at, row.settled_by = work.now, work.actor.holder_id
    work.session.flush()
    if row.op_id is not None and not in_already:
        _write_off(work, row, row.op_id, accepted.change_no)
    return Applied(row.id, created=False)


def _in_already(work: Work, row: Rejection) -> bool:
    """Whether its operation was applied after all: online, by another phone, or in this very push."""
    if row.op_id is None:
        return False
    receipt = work.session.get(Receipt, row.op_id)
    if receipt is not None:
        return receipt.digest == row.digest and receipt.status == Ending.APPLIED.value
    return row.op_id in work.ending


def _write_off(work: Work, row: Rejection, op_id: uuid.UUID, change_no: int) -> None:
    """Let the receipt say so, whether the operation was refused or was still waiting and had none."""
    receipt = work.session.get(Receipt, op_id)
    if receipt is None:
        bulk.append(work.session, Receipt, [_settled_receipt(work, row, op_id, change_no)])
    elif receipt.digest == row.digest and receipt.status != Ending.APPLIED.value:
        receipt.status, receipt.code = Ending.REJECTED.value, rules.SETTLED_BY_OFFICE
        receipt.detail = {"http": 422, "params": {}, "problems": []}
        work.session.flush()


def _settled_receipt(work: Work, row: Rejection, op_id: uuid.UUID, change_no: int) -> dict[str, Any]:
    return {
        "op_id": op_id,
        "holder_id": row.holder_id,
        "kind": row.kind or "",
        "digest": row.digest,
        "status": Ending.REJECTED.value,
        "code": rules.SETTLED_BY_OFFICE,
        "detail": {"http": 422, "params": {}, "problems": []},
        "change_no": change_no,
        "received_at": work.now,
        "said_at": row.said_at,
    }


@dataclass(frozen=True, slots=True)
class Purged:
    """How many contents went, and how many were due but stay because they are urgent and unsettled."""

    purged: int
    kept_as_urgent: int


def purge_contents(session: Session, keyring: Keyring, now: dt.datetime, note_text_days: int) -> Purged:
    """Erase the contents of letters that the server received `note_text_days` ago. The caller commits."""
    ChangeNumbers(session)  # first lock of every write
    due = sa.and_(Rejection.sealed.is_not(None), Rejection.received_at < purge_before(now, note_text_days)[1])
    stays = sa.and_(Rejection.urgent.is_(True), Rejection.state != RejectionState.SETTLED)
    kept = session.scalar(sa.select(sa.func.count()).select_from(Rejection).where(due, stays)) or 0
    ends = sa.and_(due, sa.not_(stays))
    purged = sealed_values.erase(session, keyring, Rejection, now, ends)
    if purged:
        audit.record(
            session,
            None,
            now,
            action="purgeRejections",
            entity_kind="rejection",
            entity_id=None,
            outcome=f"purged {purged}",
        )
    return Purged(purged, kept)
