"""Keeps held_days in the transaction of what it follows from: visits, and who was counted at them.

Whatever changes a visit through the session, or counts anybody at it, touches a day of a stop; before the commit each
touched day is counted again from below, and what that adds or takes is passed on to the later days of its stop. So it
is exact after late data, corrections and merges, and doing it twice changes nothing. A touched day is due to be told
(anew) by the next release.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import groupby, product, starmap
from operator import attrgetter
from typing import Any, NamedTuple, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from outreach_api.ledger import measures
from outreach_api.storage.base import Id
from outreach_api.storage.held_days import ALL_VANS, HeldDay
from outreach_api.storage.ledger import VisitTotal
from outreach_api.storage.releases import DueStay
from outreach_api.storage.stops import Stop
from outreach_api.storage.visits import Visit
from schemas.vocabulary import Band, VisitStatus

HELD = (VisitStatus.OPEN, VisitStatus.CLOSED)
FIGURES = ("visits", "seconds_open", *(band.value for band in Band))
"""The columns of held_days that are sums."""

Figures = tuple[int, ...]
"""In the order of FIGURES."""

NOTHING: Figures = (0,) * len(FIGURES)
_TOUCHED = "touched_days"


class Place(NamedTuple):
    """The key of a row: a van (or all of them) at a stop on a day."""

    stop_id: uuid.UUID
    van_id: uuid.UUID
    local_day: dt.date


def held() -> sa.ColumnElement[bool]:
    """Took place: not only planned, not cancelled, and not the duplicate of another visit."""
    return sa.and_(Visit.status.in_(HELD), Visit.merged_into.is_(None))


def touch(session: Session, places: Iterable[Place]) -> None:
    """Say that what was held there may have changed."""
    session.info.setdefault(_TOUCHED, set()).update(places)


@sa.event.listens_for(Session, "before_flush")
def _touch_changed_visits(session: Session, _context: Any, _instances: Any) -> None:
    """Where a visit was and where it is now, so that no write has to remember it."""
    for row in (*session.new, *session.dirty, *session.deleted):
        if isinstance(row, Visit):
            attributes = sa.inspect(row).attrs
            told = (attributes[name].history.sum() for name in Place._fields)
            touch(session, starmap(Place, product(*told)))


@sa.event.listens_for(Session, "before_commit")
def _count_before_commit(session: Session) -> None:
    if not session.in_nested_transaction():  # a savepoint's end is told like a commit
        count_touched(session)


def count_touched(session: Session) -> None:
    """Bring held_days up to what was changed in this transaction."""
    session.flush()
    touched = sorted(session.info.pop(_TOUCHED, ()), key=_stop_and_day)
    for (stop_id, day), places in groupby(touched, _stop_and_day):
        there = {"stop": stop_id, "day": day}
        connection = session.connection()
        own = figures(connection.execute(_HELD_THERE, there), connection.execute(_CAME_THERE, there))
        for van_id in (*(place.van_id for place in places), ALL_VANS):
            place = Place(stop_id, van_id, day)
            _put(connection, place, own.get(place, NOTHING))
        connection.execute(_DUE[connection.dialect.name], there)


_stop_and_day = attrgetter("stop_id", "local_day")


def figures(visits: Iterable[Any], came: Iterable[Any]) -> dict[Place, Figures]:
    """What each van held at each stop on each day, and all vans together, from rows of HELD_VISITS and CAME."""
    sums: dict[Place, list[int]] = defaultdict(lambda: [0] * len(FIGURES))
    for stop_id, van_id, day, opened_at, closed_at in visits:
        for who in (van_id, ALL_VANS):
            own = sums[Place(stop_id, who, day)]
            own[0] += 1
            own[1] += _seconds_between(opened_at, closed_at)
    for stop_id, van_id, day, band, people in came:
        for who in (van_id, ALL_VANS):
            sums[Place(stop_id, who, day)][_INDEX[band]] += people
    return {place: tuple(own) for place, own in sums.items()}


def _seconds_between(opened_at: dt.datetime | None, closed_at: dt.datetime | None) -> int:
    """Whole seconds; 0 where one of the two is not known."""
    if opened_at is None or closed_at is None:
        return 0
    return max(0, int((closed_at - opened_at).total_seconds()))


def _put(connection: sa.Connection, place: Place, own: Figures) -> None:
    """Let a day's own figures be these, and pass on to later days what that changes."""
    key = {"stop": place.stop_id, "van": place.van_id, "day": place.local_day}
    rows = connection.execute(_LATEST, key).all()
    there = bool(rows) and rows[0].local_day == place.local_day
    before: Sequence[int] = next((row[1:] for row in rows[there:]), NOTHING)
    until: Sequence[int] = rows[0][1:] if there else before
    more = [now + early - late for now, early, late in zip(own, before, until, strict=True)]
    since = place.local_day
    if there and not own[0]:
        connection.execute(_FORGET, key)
    elif own[0] and not there:
        sums = map(sum, zip(before, own, strict=True))
        connection.execute(_BEGIN, {**place._asdict(), **dict(zip(FIGURES, sums, strict=True))})
        since += dt.timedelta(days=1)
    if any(more):
        changes = {f"more_{name}": change for name, change in zip(FIGURES, more, strict=True)}
        connection.execute(_PASS_ON, {**key, "since": since, **changes})


def _put_due(dialect: Any) -> Any:
    # Of a stop that a savepoint took back nothing is due.
    there = sa.select(Stop.id, sa.bindparam("day", type_=sa.Date())).where(Stop.id == _STOP)
    return dialect.insert(DueStay).from_select(["stop_id", "local_day"], there).on_conflict_do_nothing()


_INDEX = {name: number for number, name in enumerate(FIGURES)}
_V, _T, _H = Visit.__table__.c, VisitTotal.__table__.c, HeldDay.__table__.c
HELD_VISITS = sa.select(_V.stop_id, _V.van_id, _V.local_day, _V.opened_at, _V.closed_at).where(held())
CAME = (
    sa.select(_V.stop_id, _V.van_id, _V.local_day, _T.key, _T.value)
    .select_from(Visit.__table__.join(VisitTotal.__table__, _T.visit_id == _V.id))
    .where(held(), _T.measure == measures.ATTENDANCE)
)
# Said here: a foreign key's column has no type of its own before the table is known that it points to.
_STOP = sa.bindparam("stop", type_=Id())
_THERE = sa.and_(_V.stop_id == _STOP, _V.local_day == sa.bindparam("day"))
_HELD_THERE, _CAME_THERE = HELD_VISITS.where(_THERE), CAME.where(_THERE)
_TABLE = cast(sa.Table, HeldDay.__table__)
_CHAIN = sa.and_(_H.stop_id == _STOP, _H.van_id == sa.bindparam("van"))
_LATEST = (
    sa.select(_H.local_day, *(_H[name] for name in FIGURES))
    .where(_CHAIN, _H.local_day <= sa.bindparam("day"))
    .order_by(_H.local_day.desc())
    .limit(2)
)
_BEGIN = sa.insert(_TABLE)
_DUE = {"postgresql": _put_due(postgresql), "sqlite": _put_due(sqlite)}
_FORGET = sa.delete(_TABLE).where(_CHAIN, _H.local_day == sa.bindparam("day"))
_PASS_ON = (
    sa.update(_TABLE)
    .where(_CHAIN, _H.local_day >= sa.bindparam("since"))
    .values({name: _H[name] + sa.bindparam(f"more_{name}") for name in FIGURES})
)
