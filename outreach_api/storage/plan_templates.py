"""Tables of plan templates: what they say, which plans were made of them, and what each making did."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from outreach_api.storage.base import Base, Kept, stop_ref, van_ref


class PlanTemplate(Kept, Base):
    """A round that comes again: a van's stays on the days that a recurrence rule names."""

    __tablename__ = "plan_templates"
    name: Mapped[str]
    van_id: Mapped[uuid.UUID] = van_ref()
    first_day: Mapped[dt.date]
    rrule: Mapped[str | None]
    more_days: Mapped[list[str]]
    except_days: Mapped[list[str]]
    on_public_holiday: Mapped[str]
    on_school_holiday: Mapped[str]
    school_area: Mapped[str | None]
    active: Mapped[bool]


class PlanTemplateStay(Base):
    """One stay of a template, in the order in which it is driven."""

    __tablename__ = "plan_template_stays"
    template_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("plan_templates.id"), primary_key=True)
    line: Mapped[int] = mapped_column(sa.Integer, primary_key=True)
    stop_id: Mapped[uuid.UUID] = stop_ref()
    arrive: Mapped[dt.time]
    depart: Mapped[dt.time]
    announce: Mapped[bool | None]
    """Null: as the stop's publicity says when the plan is made."""


class TemplatePlan(Base):
    """The plan that was made of a template for a day that it names; one for ever, also when the plan moved."""

    __tablename__ = "template_plans"
    template_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("plan_templates.id"), primary_key=True)
    day: Mapped[dt.date] = mapped_column(primary_key=True)
    plan_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("plans.id"), unique=True)
    written_version: Mapped[int]
    """The plan's version when the template wrote it last: at another one, somebody else did something to it."""


class Materialisation(Base):
    """What one making of a template's plans did, day by day: append-only."""

    __tablename__ = "materialisations"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    change_no: Mapped[int]
    made_at: Mapped[dt.datetime]
    template_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("plan_templates.id"), index=True)
    template_version: Mapped[int]
    from_day: Mapped[dt.date]
    to_day: Mapped[dt.date]
    done: Mapped[list[dict[str, Any]]]
