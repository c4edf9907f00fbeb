"""Tables of contact: notes (text only sealed), referrals, follow-ups, concerns, partners, stamp cards."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, column_property, mapped_column

from outreach_api.storage.base import Base, Kept, VisitFact, stop_ref


class ContactNote(VisitFact, Base):
    """A light note about one contact: coded fields, and a text that only the key outside can open."""

    __tablename__ = "contact_notes"
    holder_id: Mapped[uuid.UUID]
    """Device or person that wrote it."""
    familiarity: Mapped[str]
    depth: Mapped[str]
    stages: Mapped[list[str]]
    topics: Mapped[list[str]]
    info_given: Mapped[list[str]]
    first_connection: Mapped[bool | None]
    # No list and no view loads it; what opens it must select this column by name.
    text_sealed: Mapped[bytes | None] = mapped_column(deferred=True, deferred_raiseload=True)
    has_text: Mapped[bool] = column_property(text_sealed.is_not(None))
    text_purged_at: Mapped[dt.datetime | None]
    safety_concern: Mapped[bool]
    about_staff: Mapped[bool]
    """A concern about one of us: the note is safeguarding's alone."""
    legal_hold: Mapped[bool]


class TextErasure(Kept, Base):
    """Somebody asked that all that was written down at a stop in some days be erased: how much went, how much stayed."""

    __tablename__ = "text_erasures"
    stop_id: Mapped[uuid.UUID] = stop_ref(index=True)
    from_day: Mapped[dt.date]
    to_day: Mapped[dt.date]
    reason: Mapped[str]
    made_by: Mapped[uuid.UUID]
    erased: Mapped[int]
    kept_on_hold: Mapped[int]
    kept_with_concern: Mapped[int]
    letters_erased: Mapped[int]
    letters_kept: Mapped[int]
    letters_unplaced: Mapped[int]


class Destination(Kept, Base):
    """Where people are connected to: the eight programmes and external services."""

    __tablename__ = "destinations"
    kind: Mapped[str]
    name: Mapped[str]
    kana: Mapped[str | None]
    name_en: Mapped[str | None]
    how_to_join: Mapped[str]
    how_to_join_en: Mapped[str | None]
    address: Mapped[str | None]
    phone: Mapped[str | None]
    url: Mapped[str | None]
    qr_text: Mapped[str | None]
    hours: Mapped[str | None]
    leaflet_stock: Mapped[int]
    active: Mapped[bool]


class Referral(VisitFact, Base):
    """つなぎ: out to a destination, or in from one. Its outcomes are events of their own."""

    __tablename__ = "referrals"
    direction: Mapped[str]
    destination_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("destinations.id"), index=True)
    note_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("contact_notes.id"))
    case_ref: Mapped[str | None]
    """Opaque reference into the casework system, only with a standing consent."""
    consent_withdrawn_at: Mapped[dt.datetime | None]
    """When it was last withdrawn, by the server's clock: a consent given before that never stands again."""


class Consent(Base):
    """Leave to hand somebody over by name: given, and perhaps withdrawn. A new one is a new row."""

    __tablename__ = "consents"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    referral_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("referrals.id"), index=True)
    scope: Mapped[str]
    given_by: Mapped[str]
    method: Mapped[str]
    given_at: Mapped[dt.datetime]
    withdrawn_at: Mapped[dt.datetime | None]
    change_no: Mapped[int]
    received_at: Mapped[dt.datetime]


class ReferralEvent(Base):
    __tablename__ = "referral_events"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    referral_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("referrals.id"), index=True)
    outcome: Mapped[str]
    local_day: Mapped[dt.date]
    iso_week: Mapped[int] = mapped_column(index=True)
    change_no: Mapped[int]
    received_at: Mapped[dt.datetime]


class FollowUp(VisitFact, Base):
    """A coded promise, and where and when it is due; a random card word finds the person again."""

    __tablename__ = "follow_ups"
    note_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("contact_notes.id"))
    promise: Mapped[str]
    due_day: Mapped[dt.date] = mapped_column(index=True)
    due_week: Mapped[int] = mapped_column(index=True)
    due_stop_id: Mapped[uuid.UUID] = stop_ref(index=True)
    card_word: Mapped[str | None]


class FollowUpEvent(Base):
    """met or not_met; the last one counts."""

    __tablename__ = "follow_up_events"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    follow_up_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("follow_ups.id"), index=True)
    result: Mapped[str]
    visit_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("visits.id"))
    local_day: Mapped[dt.date]
    iso_week: Mapped[int] = mapped_column(index=True)
    change_no: Mapped[int]
    received_at: Mapped[dt.datetime]


class SafetyConcern(Kept, Base):
    """安全の心配: open until somebody of the safeguarding role closes it."""

    __tablename__ = "safety_concerns"
    visit_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("visits.id"))
    note_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("contact_notes.id"), unique=True)
    flagged: Mapped[bool]
    """False when it was listed because of topic violence or depth crisis."""
    about_staff: Mapped[bool]
    acknowledged_at: Mapped[dt.datetime | None]
    acknowledged_by: Mapped[uuid.UUID | None]
    closed_at: Mapped[dt.datetime | None]
    closed_by: Mapped[uuid.UUID | None]


class ConcernNotification(Base):
    """Whom we told of a concern (Child Abuse Prevention Act, art. 6); there may be several."""

    __tablename__ = "concern_notifications"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    concern_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("safety_concerns.id"), index=True)
    notified_to: Mapped[str]
    notified_at: Mapped[dt.datetime]
    notified_by: Mapped[uuid.UUID]
    receipt_no: Mapped[str | None]
    change_no: Mapped[int]
    received_at: Mapped[dt.datetime]


class SafetyCard(Kept, Base):
    """What to do now and whom to call: one row, held by phones because the van is offline."""

    __tablename__ = "safety_card"
    steps: Mapped[str]
    steps_en: Mapped[str | None]
    city_desks: Mapped[list[dict[str, Any]]]
    lead_name: Mapped[str | None]
    lead_phone: Mapped[str | None]
    deputy_name: Mapped[str | None]
    deputy_phone: Mapped[str | None]
    outside_name: Mapped[str | None]
    """Who hears of a concern about staff: somebody from outside."""
    outside_phone: Mapped[str | None]


class Partner(Kept, Base):
    __tablename__ = "partners"
    name: Mapped[str]
    kana: Mapped[str | None]
    name_en: Mapped[str | None]
    kind: Mapped[str]
    stop_id: Mapped[uuid.UUID | None] = stop_ref()
    destination_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("destinations.id"))
    since: Mapped[dt.date]
    active: Mapped[bool]


class RoundTableIssue(Kept, Base):
    """An issue taken to the 地域円卓会議: raised, discussed, action. No person is in it."""

    __tablename__ = "round_table_issues"
    title: Mapped[str]
    topic: Mapped[str]
    stage: Mapped[str]
    status: Mapped[str]
    raised_on: Mapped[dt.date]
    raised_week: Mapped[int] = mapped_column(index=True)
    discussed_on: Mapped[dt.date | None]
    action_on: Mapped[dt.date | None]
    action: Mapped[str | None]
    closed_on: Mapped[dt.date | None]
    published_id: Mapped[uuid.UUID | None]
    """By which what was told of it to everybody is known."""


class StampMark(VisitFact, Base):
    """A voluntary stamp card with a random number, seen at a visit."""

    __tablename__ = "stamp_marks"
    card: Mapped[str] = mapped_column(index=True)
    __table_args__ = (sa.UniqueConstraint("visit_id", "card"),)
