"""Erases all that was written down at a stop in some days: texts of notes, and what was to become one and waits."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any, NamedTuple

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.contacts.operations import WRITE_NOTE
from outreach_api.contacts.writes.texts import erase_texts
from outreach_api.kernel.errors import Problem, Refusal
from outreach_api.kernel.ids import visit_id_of
from outreach_api.kernel.week import local_day
from outreach_api.ledger import audit
from outreach_api.ledger.kinds import Accepted, Actor, Applied, Warn, Work
from outreach_api.ledger.visit_facts import visits_at
from outreach_api.storage import bulk, sealed_values
from outreach_api.storage.contacts import ContactNote, TextErasure
from outreach_api.storage.keyring import Keyring
from outreach_api.storage.ledger import Rejection
from outreach_api.storage.master_key import CannotOpen
from outreach_api.storage.plans import Plan, PlanStop
from outreach_api.storage.stops import Stop
from outreach_api.storage.visits import Visit
from outreach_api.sync.rules import SEALED_IN, as_id, payload_of
from outreach_api.visits.operations import OPEN_VISIT
from schemas.vocabulary import RejectionState

_VIEW = (
    *("id", "version", "stop_id", "from_day", "to_day", "reason", "made_by"),
    *("erased", "kept_on_hold", "kept_with_concern"),
    *("letters_erased", "letters_kept", "letters_unplaced"),
)


def erase_at_stop(work: Work, accepted: Accepted) -> Applied | Refusal:
    """Erase them; what is held, has an open concern or is urgent stays and is counted. The sender is told of those."""
    given = accepted.values
    if work.session.get(Stop, given["stop_id"]) is None:
        return Refusal("invalid", 422, {}, (Problem("/stop_id", "unknown_reference"),))
    days = (given["from_day"], given["to_day"])
    notes = erase_texts(work, ContactNote.visit_id.in_(visits_at(given["stop_id"], *days)))
    letters = _erase_letters(work, given["stop_id"], *days)
    row = TextErasure(
        id=accepted.entity_id,
        version=1,
        change_no=accepted.change_no,
        created_at=work.now,
        made_by=work.actor.holder_id,
        erased=notes.purged,
        kept_on_hold=notes.kept_by_hold,
        kept_with_concern=notes.kept_by_concern,
        letters_erased=len(letters.erased),
        letters_kept=letters.kept,
        letters_unplaced=letters.unplaced,
        **{**given, "reason": given["reason"].value},
    )
    work.session.add(row)
    work.session.flush()
    audit.record(
        work.session,
        work.actor,
        work.now,
        action="eraseTextsStop",
        entity_kind="erasure",
        entity_id=row.id,
        purpose=row.reason,
        outcome=f"erased {row.erased} and {row.letters_erased} letters; kept {row.kept_on_hold} on hold, "
        f"{row.kept_with_concern} with a concern, {row.letters_kept} urgent letters, {row.letters_unplaced} unplaced",
    )
    return Applied(row.id, warnings=_warnings(row))


def _warnings(row: TextErasure) -> tuple[Warn, ...]:
    stayed = (
        Warn("texts_kept_on_hold", "", {"count": row.kept_on_hold}),
        Warn("texts_kept_with_concern", "", {"count": row.kept_with_concern}),
        Warn("letters_kept_urgent", "", {"count": row.letters_kept}),
        Warn("letters_kept_unplaced", "", {"count": row.letters_unplaced}),
    )
    return tuple(warning for warning in stayed if warning.params["count"])


def erasure(session: Session, actor: Actor, erasure_id: uuid.UUID) -> dict[str, Any] | Refusal:
    row = session.get(TextErasure, erasure_id)
    if row is None:
        return Refusal("not_found", 404)
    now_there = sa.select(sa.func.count()).where(
        ContactNote.visit_id.in_(visits_at(row.stop_id, row.from_day, row.to_day)),
        ContactNote.text_sealed.is_not(None),
    )
    shown = {name: getattr(row, name) for name in _VIEW}
    return {**shown, "made_at": row.created_at, "texts_now": session.scalar(now_there) or 0, "warnings": []}


class _Letters(NamedTuple):
    erased: list[uuid.UUID]
    kept: int
    unplaced: int


class _Unread(NamedTuple):
    """A letter that is, or may be, a note: what it says, as far as anybody can read it."""

    id: uuid.UUID
    kind: str | None
    entity_id: uuid.UUID | None
    stays: bool
    said_at: dt.datetime
    payload: dict[str, Any] | None

    @property
    def visit_id(self) -> uuid.UUID | None:
        return None if self.payload is None else as_id(self.payload.get("visit_id"))


def _erase_letters(work: Work, stop_id: uuid.UUID, from_day: dt.date, to_day: dt.date) -> _Letters:
    """The contents of letters that were to be notes of these visits, whether the visit is here yet or not."""
    unread = _unread(work.session, work.keyring)
    notes = [letter for letter in unread if letter.kind != OPEN_VISIT.name]
    there = set(work.session.scalars(visits_at(stop_id, from_day, to_day)))
    there |= _not_here_yet(work.session, unread, stop_id, from_day, to_day)
    of_them = [letter for letter in notes if letter.visit_id in there]
    ends = [letter for letter in of_them if not letter.stays]
    ids = [letter.id for letter in ends]
    for start in range(0, len(ids), bulk.CHUNK):
        some = Rejection.id.in_(ids[start : start + bulk.CHUNK])
        sealed_values.erase(work.session, work.keyring, Rejection, work.now, some)
    _bar(work, ends)
    return _Letters(ids, len(of_them) - len(ids), sum(letter.visit_id is None for letter in notes))


def _bar(work: Work, letters: Sequence[_Unread]) -> None:
    """Phones may still hold these notes: what they were about may come, and never the text."""
    coming = {letter.entity_id for letter in letters if letter.kind == WRITE_NOTE.name and letter.entity_id}
    here = bulk.look_up(work.session, ContactNote, ("id",), "id", coming)
    sealed_values.bar(work.keyring, ContactNote, coming - {row[0] for row in here}, work.now)


def _unread(session: Session, keyring: Keyring) -> list[_Unread]:
    select = sa.select(Rejection, Rejection.sealed).where(
        Rejection.sealed.is_not(None),
        sa.or_(Rejection.kind.is_(None), Rejection.kind.in_([WRITE_NOTE.name, OPEN_VISIT.name])),
    )
    return [
        _Unread(
            row.id,
            row.kind,
            row.entity_id,
            row.urgent and row.state != RejectionState.SETTLED,
            row.said_at or row.received_at,
            _payload(keyring, row.id, sealed),
        )
        for row, sealed in session.execute(select)
    ]


def _payload(keyring: Keyring, letter_id: uuid.UUID, sealed: bytes | None) -> dict[str, Any] | None:
    if sealed is None:
        return None
    try:
        return payload_of(orjson.loads(keyring.open(sealed, **SEALED_IN, row=letter_id)))
    except CannotOpen:
        return None


def _not_here_yet(
    session: Session, unread: Sequence[_Unread], stop_id: uuid.UUID, from_day: dt.date, to_day: dt.date
) -> set[uuid.UUID]:
    """Visits at the stop that nobody has opened here: planned ones, and those whose opening is such a letter itself."""
    planned = sa.select(PlanStop.id, Plan.local_day).join(Plan, Plan.id == PlanStop.plan_id)
    stays = dict(session.execute(planned.where(PlanStop.stop_id == stop_id)).all())
    coming = {visit_id_of(stay): day for stay, day in stays.items()}
    for letter in unread:
        if letter.kind != OPEN_VISIT.name or letter.entity_id is None or letter.payload is None:
            continue
        if as_id(letter.payload.get("stop_id")) == stop_id:
            coming[letter.entity_id] = _day(letter.payload.get("local_day")) or local_day(letter.said_at)
    wanted = {visit_id for visit_id, day in coming.items() if from_day <= day <= to_day}
    # Of one that is here, its own stop and day say where it was.
    return wanted - {row[0] for row in bulk.look_up(session, Visit, ("id",), "id", wanted)}


def _day(said: Any) -> dt.date | None:
    try:
        return dt.date.fromisoformat(said) if isinstance(said, str) else None
    except ValueError:
        return None
