"""Referrals, promises, partners, issues and stamp cards of a period: coded facts, and nobody's name or note."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.contacts.rules import chapman
from outreach_api.kernel.week import IsoWeek, Period
from outreach_api.reports.rules.outcomes import Promised, ReferralStory, Reported
from outreach_api.storage.contacts import (
    Destination,
    FollowUp,
    FollowUpEvent,
    Partner,
    Referral,
    ReferralEvent,
    RoundTableIssue,
    StampMark,
)
from outreach_api.storage.visits import Visit

_FIRST, _LAST = sa.bindparam("first", type_=sa.Date()), sa.bindparam("last", type_=sa.Date())

_E = ReferralEvent.__table__.c
_R = Referral.__table__.c
_D = Destination.__table__.c
_FE = FollowUpEvent.__table__.c
_F = FollowUp.__table__.c
_P = Partner.__table__.c
_I = RoundTableIssue.__table__.c
_M = StampMark.__table__.c
_V = Visit.__table__.c
_TOUCHED = (
    sa.select(_E.referral_id)
    .where(
        # The weeks, because they are indexed; the days, because a month begins in the middle of one.
        _E.iso_week.between(sa.bindparam("first_week"), sa.bindparam("last_week")),
        _E.local_day.between(_FIRST, _LAST),
    )
    .union(
        sa.select(_R.id)
        .join(Visit.__table__, _V.id == _R.visit_id)
        .where(_V.local_day.between(_FIRST, _LAST))
    )
)
_REFERRALS = (
    sa.select(
        _R.id,
        _R.local_day,
        _R.direction,
        _R.destination_id,
        _D.kind,
        _E.local_day,
        _E.change_no,
        _E.outcome,
    )
    .join(Destination.__table__, _D.id == _R.destination_id)
    .outerjoin(ReferralEvent.__table__, _E.referral_id == _R.id)
    .where(_R.id.in_(_TOUCHED))
)
_FOLLOW_UPS = (
    sa.select(
        _F.id,
        _F.local_day,
        _F.due_day,
        _FE.local_day,
        _FE.change_no,
        _FE.result,
    )
    .outerjoin(FollowUpEvent.__table__, _FE.follow_up_id == _F.id)
    .where(_F.due_day.between(_FIRST, _LAST))
)
_PARTNERS = (
    sa.select(_P.stop_id, _P.destination_id, _D.kind, _P.active)
    .outerjoin(Destination.__table__, _D.id == _P.destination_id)
    .where(sa.or_(_P.stop_id.is_not(None), _P.destination_id.is_not(None)))
)


def _within(column: Any) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((column.between(_FIRST, _LAST), 1), else_=0)), 0)


_ISSUES = sa.select(
    _within(_I.raised_on),
    _within(_I.discussed_on),
    _within(_I.action_on),
    sa.func.coalesce(
        sa.func.sum(
            sa.case(
                (
                    sa.and_(
                        _I.raised_on <= _LAST,
                        sa.func.coalesce(_I.action_on, dt.date.max) > _LAST,
                        sa.func.coalesce(_I.closed_on, dt.date.max) > _LAST,
                    ),
                    1,
                ),
                else_=0,
            )
        ),
        0,
    ),
)

_SPLIT = sa.bindparam("split", type_=sa.Date())
_CARDS = (
    sa.select(
        sa.func.max(sa.case((_V.local_day < _SPLIT, 1), else_=0)).label("first"),
        sa.func.max(sa.case((_V.local_day >= _SPLIT, 1), else_=0)).label("second"),
    )
    .select_from(Visit.__table__)
    .join(StampMark.__table__, _M.visit_id == _V.id)
    .where(_V.local_day.between(_FIRST, _LAST))
    .group_by(_M.card)
    .subquery()
)
_CARD_COUNTS = sa.select(
    sa.func.coalesce(sa.func.sum(_CARDS.c.first), 0),
    sa.func.coalesce(sa.func.sum(_CARDS.c.second), 0),
    sa.func.coalesce(sa.func.sum(_CARDS.c.first * _CARDS.c.second), 0),
)


def _days(period: Period) -> dict[str, Any]:
    return {"first": period.first_day, "last": period.last_day}


def referrals(session: Session, period: Period) -> list[ReferralStory]:
    """Referrals that were opened at a visit of the period, or of which something was reported in it."""
    weeks = {
        "first_week": IsoWeek.of(period.first_day).as_int,
        "last_week": IsoWeek.of(period.last_day).as_int,
    }
    events: dict[uuid.UUID, list[Reported]] = {}
    found: dict[uuid.UUID, ReferralStory] = {}
    for row in session.execute(_REFERRALS, _days(period) | weeks):
        referral_id, opened, direction, destination_id, kind, day, change_no, outcome = row
        told = events.setdefault(referral_id, [])
        if referral_id not in found:
            found[referral_id] = ReferralStory(opened, direction, destination_id, kind, told)
        if outcome is not None:
            told.append(Reported(day, change_no, outcome))
    return list(found.values())


def promises(session: Session, period: Period) -> list[Promised]:
    """Follow-ups that were due in the period, with everything reported of them by now."""
    found: dict[uuid.UUID, Promised] = {}
    reports: dict[uuid.UUID, list[Reported]] = {}
    for follow_up_id, promised, due, day, change_no, result in session.execute(_FOLLOW_UPS, _days(period)):
        told = reports.setdefault(follow_up_id, [])
        found.setdefault(follow_up_id, Promised(promised, due, told))
        if result is not None:
            told.append(Reported(day, change_no, result))
    return list(found.values())


class PartnerLine(NamedTuple):
    """A partner that hosts a stop or runs a destination."""

    stop_id: uuid.UUID | None
    destination_id: uuid.UUID | None
    destination_kind: str | None
    active: bool


def partners(session: Session) -> list[PartnerLine]:
    return [PartnerLine(*row) for row in session.execute(_PARTNERS)]


def active_partners(
    known: Iterable[PartnerLine], *, stops: Collection[uuid.UUID], destinations: Collection[uuid.UUID]
) -> int:
    """Partners whose stop was visited, or whose destination had a referral of the period in either direction."""
    return sum(one.stop_id in stops or one.destination_id in destinations for one in known)


class Issues(NamedTuple):
    """Of the round table: taken these steps in the period, and how many wait for an action at its end."""

    raised: int
    discussed: int
    with_action: int
    open: int


def issues(session: Session, period: Period) -> Issues:
    return Issues(*(int(count) for count in session.execute(_ISSUES, _days(period)).one()))


def stamp_cards(session: Session, *, first: dt.date, split: dt.date, last: dt.date) -> dict[str, Any]:
    """How many card holders there are, as an interval only: [first, split) against [split, last]."""
    counts = session.execute(_CARD_COUNTS, {"first": first, "split": split, "last": last}).one()
    n1, n2, both = (int(count) for count in counts)
    estimate = chapman(n1, n2, both)
    return {
        "from": first,
        "split": split,
        "to": last,
        "first": n1,
        "second": n2,
        "both": both,
        "method": "chapman",
        "unknown_because": None if estimate else "too_few_seen_twice",
        "low": estimate.low if estimate else None,
        "high": estimate.high if estimate else None,
    }
