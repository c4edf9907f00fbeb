"""Who saw or changed what, when and why, as a report of a breach needs it: never what they saw."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.ids import derived
from outreach_api.ledger.visit_facts import visits_at
from outreach_api.storage.access import ERASED_NAME, Device, Person
from outreach_api.storage.bulk import CHUNK
from outreach_api.storage.contacts import ContactNote, TextErasure
from outreach_api.storage.ledger import AuditEntry, Rejection
from outreach_api.storage.visits import Visit
from schemas.vocabulary import AuditOutcome

_CONSOLE = derived("console")
_EQUAL = ("action", "entity_kind", "entity_id")
_DENIED = AuditEntry.outcome.startswith("denied")


def matching(wanted: dict[str, Any], *, of_staff: bool) -> sa.Select[Any]:
    """Rows by since and until (the latter not included), action, entity, holder, outcome, and by visit or stop.

    Of a visit or stop: whatever names it, its notes, letters that became a note there, and its erasures.
    `of_staff`: also by the place of notes about one of us, which is safeguarding's to know.
    """
    select = sa.select(AuditEntry)
    for name in _EQUAL:
        if wanted.get(name) is not None:
            select = select.where(getattr(AuditEntry, name) == wanted[name])
    if wanted.get("holder_id") is not None:
        whose = wanted["holder_id"]
        select = select.where(sa.or_(AuditEntry.holder_id == whose, AuditEntry.acting_id == whose))
    if wanted.get("since") is not None:
        select = select.where(AuditEntry.at >= wanted["since"])
    if wanted.get("until") is not None:
        select = select.where(AuditEntry.at < wanted["until"])
    if wanted.get("outcome") is not None:
        denied = wanted["outcome"] is AuditOutcome.DENIED
        select = select.where(_DENIED if denied else sa.not_(_DENIED))
    if wanted.get("visit_id") is not None:
        select = select.where(_within(_joined_with(wanted["visit_id"]), of_staff=of_staff))
    if wanted.get("stop_id") is not None:
        stop_id = wanted["stop_id"]
        erasures = sa.select(TextErasure.id).where(TextErasure.stop_id == stop_id)
        select = select.where(
            sa.or_(
                _within(visits_at(stop_id), of_staff=of_staff),
                AuditEntry.entity_id == stop_id,
                AuditEntry.entity_id.in_(erasures),
            )
        )
    return select


def _joined_with(visit_id: uuid.UUID) -> sa.Select[Any]:
    one = sa.func.coalesce(Visit.merged_into, Visit.id)
    return sa.select(Visit.id).where(one.in_(sa.select(one).where(Visit.id == visit_id)))


def _within(visits: sa.Select[Any], *, of_staff: bool) -> sa.ColumnElement[bool]:
    notes = sa.select(ContactNote.id).where(ContactNote.visit_id.in_(visits))
    if not of_staff:
        notes = notes.where(ContactNote.about_staff.is_(False))
    letters = sa.select(Rejection.id).where(Rejection.entity_id.in_(notes))
    entity = AuditEntry.entity_id
    return sa.or_(entity.in_(visits), entity.in_(notes), entity.in_(letters))


def views(session: Session, rows: Sequence[AuditEntry], *, of_staff: bool) -> list[dict[str, Any]]:
    holders = {one for row in rows for one in (row.holder_id, row.acting_id) if one is not None}
    names = _names(session, holders)
    places = _places(session, {row.entity_id for row in rows if row.entity_id is not None}, of_staff=of_staff)
    return [
        {
            "seq": row.seq,
            "at": row.at,
            "holder_id": row.holder_id,
            "holder": names[row.holder_id].what if row.holder_id in names else None,
            "label": names[row.holder_id].label if row.holder_id in names else None,
            "role": row.role,
            "acting_id": row.acting_id,
            "acting_label": names[row.acting_id].label if row.acting_id in names else None,
            "action": row.action,
            "entity_kind": row.entity_kind,
            "entity_id": row.entity_id,
            "purpose": row.purpose,
            "outcome": row.outcome,
            **places.get(row.entity_id, _NOWHERE)._asdict(),
        }
        for row in rows
    ]


class _Name(NamedTuple):
    what: str
    label: str | None
    """None for whoever left: their name was erased, the id stays."""


def _names(session: Session, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID | None, _Name]:
    found: dict[uuid.UUID | None, _Name] = {_CONSOLE: _Name("console", None)}
    for some in _chunks(ids):
        for device in session.execute(sa.select(Device.id, Device.label).where(Device.id.in_(some))):
            found[device.id] = _Name("device", device.label)
        for person in session.execute(sa.select(Person.id, Person.name).where(Person.id.in_(some))):
            found[person.id] = _Name("person", None if person.name == ERASED_NAME else person.name)
    return found


class _Place(NamedTuple):
    visit_id: uuid.UUID | None = None
    stop_id: uuid.UUID | None = None
    local_day: dt.date | None = None


_NOWHERE = _Place()


def _places(session: Session, ids: Iterable[uuid.UUID], *, of_staff: bool) -> dict[uuid.UUID | None, _Place]:
    """Of notes, letters that became one, visits and erasures: the visit, its stop and day."""
    here = (Visit.id, Visit.stop_id, Visit.local_day)
    shown = sa.true() if of_staff else ContactNote.about_staff.is_(False)
    note = sa.select(ContactNote.id, *here).join(Visit, Visit.id == ContactNote.visit_id).where(shown)
    letter = (
        sa.select(Rejection.id, *here)
        .join(ContactNote, ContactNote.id == Rejection.entity_id)
        .join(Visit, Visit.id == ContactNote.visit_id)
        .where(shown)
    )
    found: dict[uuid.UUID | None, _Place] = {}
    for some in _chunks(ids):
        for select in (
            note.where(ContactNote.id.in_(some)),
            letter.where(Rejection.id.in_(some)),
            sa.select(Visit.id, *here).where(Visit.id.in_(some)),
            sa.select(TextErasure.id, sa.null(), TextErasure.stop_id, sa.null()).where(
                TextErasure.id.in_(some)
            ),
        ):
            for one, *place in session.execute(select):
                found[one] = _Place(*place)
    return found


def _chunks(ids: Iterable[uuid.UUID]) -> Iterator[list[uuid.UUID]]:
    wanted = list(ids)
    for start in range(0, len(wanted), CHUNK):
        yield wanted[start : start + CHUNK]
