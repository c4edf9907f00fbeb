"""Sums of held days follow from the raw rows after whatever phones and the office tell, in whatever order."""

from __future__ import annotations

import contextlib
import datetime as dt
import subprocess
import sys
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations_with_replacement
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import sqlalchemy as sa
from hypothesis import given, settings
from sqlalchemy.orm import Session

from outreach_api.app import KINDS
from outreach_api.kernel.geo import BBox
from outreach_api.kernel.ids import derived
from outreach_api.ledger import held_anew
from outreach_api.ledger.held_days import FIGURES, count_touched
from outreach_api.ledger.kinds import Actor, Operation, Registry, Work
from outreach_api.ledger.outcomes import Ending
from outreach_api.ledger.perform import perform, read
from outreach_api.outreach_map.reads.held import around, cell_of, last_held, sums_of
from outreach_api.outreach_map.reads.weeks import weeks_map
from outreach_api.settings import Settings
from outreach_api.storage import migrate
from outreach_api.storage.held_days import ALL_VANS, HeldDay
from outreach_api.storage.keyring import Keyring
from outreach_api.storage.plans import Van
from outreach_api.storage.session import Database
from outreach_api.storage.stops import Stop
from outreach_api.storage.visits import HeadCount, Visit
from schemas.vocabulary import Band, Role
from tests.api import Api
from tests.make import MADE_AT, make_stop, make_visit

NOW = dt.datetime(2026, 11, 28, 3, tzinfo=dt.UTC)
REGISTRY = Registry(KINDS)
VANS = [derived("held days", "van", number) for number in range(2)]
STOPS = [derived("held days", "stop", number) for number in range(3)]
VISITS = [derived("held days", "visit", number) for number in range(5)]
OFFICE = Actor(derived("held days", "office"), Role.COORDINATOR)
PHONES = [
    Actor(derived("held days", "phone", number), Role.CREW, van_id) for number, van_id in enumerate(VANS)
]
DAYS = [dt.date(2026, 11, 28) - dt.timedelta(days=age) for age in (400, 31, 2, 1, 0)]


@dataclass(frozen=True)
class Step:
    """One thing that is told of a visit (by its number; odd ones are the second van's)."""

    kind: str
    visit: int
    payload: tuple[tuple[str, Any], ...] = ()
    by_office: bool = False
    entity: uuid.UUID | None = None
    """What is changed, if not something new."""


def _step(
    kind: str, *, office: bool = False, itself: bool = False, **payload: Any
) -> st.SearchStrategy[Step]:
    def made(visit: int, by_office: bool, said: dict[str, Any]) -> Step:
        return Step(kind, visit, tuple(said.items()), by_office or office, VISITS[visit] if itself else None)

    strategies = {
        name: value if isinstance(value, st.SearchStrategy) else st.just(value)
        for name, value in payload.items()
    }
    return st.builds(made, st.integers(0, 4), st.booleans(), st.fixed_dictionaries(strategies))


days = st.sampled_from([day.isoformat() for day in DAYS])
stops = st.sampled_from([str(stop) for stop in STOPS])
moments = st.sampled_from([f"2026-11-27T{hour:02}:30:00Z" for hour in (1, 2, 4, 6)])
sources = st.sampled_from(["app", "app", "paper"])
taps = st.dictionaries(st.sampled_from(["infant", "elem_low", "adult"]), st.integers(-2, 9), min_size=1)
opening = _step("visit.open", itself=True, stop_id=stops, local_day=days, opened_at=moments, source=sources)
telling = _step("head_count.add", counts=taps, source=sources)
later = st.one_of(
    telling,
    opening,
    _step("visit.close", itself=True, closed_at=moments),
    _step("visit.cancel", itself=True, reason="rain"),
    _step("visit.correct", office=True, itself=True, local_day=days),
    _step("visit.correct", office=True, itself=True, stop_id=stops),
    _step("visit.merge", office=True, itself=True, into=st.sampled_from([str(visit) for visit in VISITS])),
    _step("visit.choose_telling", office=True, itself=True, heads=sources),
    _step("sale.record", payment="cash", rush_yen=90),
    st.builds(
        lambda stop, north: Step(
            "stop.change", 0, (("position", {"lat": 35.8041 + north, "lon": 139.9523}),), True, stop
        ),
        st.sampled_from(STOPS),
        st.sampled_from([0.0, 0.0004, 0.0008]),
    ),
)
pushes = st.lists(st.lists(later, min_size=1, max_size=4), min_size=3, max_size=10)


class World:
    """Performs pushes by the write path itself, in a transaction that is taken back."""

    def __init__(self, session: Session, keyring: Keyring) -> None:
        self.session, self._keyring = session, keyring
        self.sent: list[tuple[Actor, Operation]] = []
        self.applied: list[str] = []
        """The kinds of what was taken in."""
        for van_id, code in zip(VANS, "AB", strict=True):
            row = {"code": code, "name": code, "needs_power": False, "active": True}
            session.add(Van(id=van_id, version=1, change_no=0, created_at=MADE_AT, **row))
        for stop_id in STOPS:
            make_stop(session, id=stop_id)

    def push(self, steps: list[Step]) -> None:
        for actor in (*PHONES, OFFICE):
            own = [step for step in steps if self._by(step) is actor]
            self.send(actor, [self._operation(step) for step in own])

    def replay(self, number: int) -> None:
        """Send again what was sent once."""
        actor, operation = self.sent[number % len(self.sent)]
        self.send(actor, [operation])

    def _by(self, step: Step) -> Actor:
        return OFFICE if step.by_office else PHONES[step.visit % 2]

    def send(self, actor: Actor, operations: list[Operation]) -> None:
        self.sent += [(actor, operation) for operation in operations]
        work = Work(self.session, actor, NOW, Settings(), self._keyring)
        ready = read(operations, actor=actor, kinds=REGISTRY, hash_key=b"held")
        for operation, outcome in zip(operations, perform(work, ready, sent_at=NOW), strict=True):
            if outcome.ending is Ending.APPLIED:
                self.applied.append(operation.kind)
        count_touched(self.session)  # as before a commit

    def _operation(self, step: Step) -> Operation:
        own = derived("held days", "operation", len(self.sent), step.kind, step.visit, repr(step.payload))
        payload, base = dict(step.payload), None
        if step.entity is None:
            if "sale_id" not in payload:  # else it is that receipt's
                payload["visit_id"] = str(VISITS[step.visit])
        elif step.kind != "visit.open":
            table: Any = Stop if step.kind == "stop.change" else Visit
            base = self.session.scalar(sa.select(table.version).where(table.id == step.entity)) or 1
        if step.kind == "visit.open" and step.by_office:
            payload["van_id"] = str(VANS[step.visit % 2])
        at = NOW - dt.timedelta(hours=1)
        return Operation(own, step.kind, 1, step.entity or own, payload, base, at)


@contextlib.contextmanager
def world(database: Database, keyring: Keyring) -> Iterator[World]:
    with database.write() as session:
        yield World(session, keyring)
        session.rollback()


Held = tuple[int, int, dt.date, dict[str, int]]


class Raw:
    """The raw rows, counted one visit after another."""

    def __init__(self, session: Session) -> None:
        visits = session.scalars(sa.select(Visit).order_by(Visit.local_day))
        self._held = [row for row in visits if row.status in ("open", "closed") and row.merged_into is None]
        self._taps = session.scalars(sa.select(HeadCount).where(HeadCount.counted)).all()

    def held(self, van_id: uuid.UUID, first: dt.date, last: dt.date) -> dict[uuid.UUID, Held]:
        """At each stop: visits, seconds, the last day, people by band."""
        found: dict[uuid.UUID, Held] = {}
        for visit in self._held:
            if van_id not in (ALL_VANS, visit.van_id) or not first <= visit.local_day <= last:
                continue
            visits, seconds, _, came = found.get(visit.stop_id, (0, 0, first, {}))
            people = Counter(came)
            for taps in self._taps:
                if taps.visit_id == visit.id:
                    people.update(taps.counts)
            if visit.opened_at and visit.closed_at:
                seconds += max(0, round((visit.closed_at - visit.opened_at).total_seconds()))
            came = {band: n for band, n in people.items() if n}
            found[visit.stop_id] = (visits + 1, seconds, visit.local_day, came)
        return found


def assert_exact(session: Session) -> None:
    assert held_anew.differences(session) == []
    raw = Raw(session)
    ends = (dt.date(2000, 1, 1), *DAYS[1:], dt.date(2199, 12, 31))
    for van_id in (*VANS, ALL_VANS):
        for first, last in combinations_with_replacement(ends, 2):
            told = sums_of(session, Stop.id, first=first, last=last, van_id=van_id)
            shown = {
                stop_id: (sums.visits, sums.seconds_open, sums.last_day, sums.bands)
                for stop_id, sums in told.items()
            }
            assert shown == raw.held(van_id, first, last), (van_id, first, last)
            assert {sums.stops for sums in told.values()} <= {1}
        for day in DAYS:
            known = {stop.stop_id: stop.last_day for stop in last_held(session, day, van_id)}
            assert known == {stop_id: held[2] for stop_id, held in raw.held(van_id, ends[0], day).items()}


@settings(max_examples=20)
@given(st.lists(opening, min_size=3, max_size=5), pushes, st.lists(st.integers(0, 30), max_size=3))
def test_after_any_telling_every_period_says_what_the_raw_rows_say(
    migrated: Database, keyring: Keyring, opened: list[Step], told: list[list[Step]], again: list[int]
) -> None:
    with world(migrated, keyring) as place:
        place.push(opened)
        for steps in told:
            place.push(steps)
            assert held_anew.differences(place.session) == []
        for number in again:
            place.replay(number)
        assert_exact(place.session)


def test_it_does_not_hang_on_which_module_is_imported_first() -> None:
    bound = (
        "from outreach_api.ledger import held_days as h;"
        "print({type(b.type).__name__ for s in (h._HELD_THERE, h._CAME_THERE, h._LATEST, h._FORGET, h._PASS_ON)"
        " for b in s.compile().binds.values() if b.key in ('stop', 'van')})"
    )
    ended = subprocess.run([sys.executable, "-c", bound], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "{'Id'}"


def test_no_question_goes_through_all_held_days_of_all_years(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'plans.db'}", pool_size=1)
    migrate.upgrade(database)
    asked: list[tuple[str, Any]] = []
    sa.event.listen(
        database.engine,
        "before_cursor_execute",
        lambda _, __, said, values, *___: asked.append((said, values)),
    )
    period = {"first": DAYS[1], "last": DAYS[4]}
    with database.read() as session:
        for box in (None, BBox(139.9, 35.7, 140.0, 35.8)):
            sums_of(session, cell_of(250), **period, where=around(box))
            weeks_map(session, OFFICE, **period, level=500, box=box, most=9)
        last_held(session, DAYS[4])
        plans = [
            [row[3] for row in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {said}", values)]
            for said, values in list(asked)
            if "held_days" in said
        ]
    database.close()
    assert len(plans) == 7
    steps = [step for plan in plans for step in plan if "held_days" in step]
    assert all(
        step.startswith("SEARCH") and "stop_id=? AND van_id=? AND local_day" in step for step in steps
    ), steps


def test_the_figures_are_those_of_the_bands() -> None:
    columns = [column.name for column in HeldDay.__table__.columns]
    assert columns == ["stop_id", "van_id", "local_day", *FIGURES]
    assert list(FIGURES[2:]) == list(Band)


def test_days_that_were_altered_lost_or_made_up_are_found_and_can_be_counted_again(api: Api) -> None:
    with api.database.write() as session:
        stop = make_stop(session)
        for day in DAYS:
            make_visit(session, van_id=api.van, stop=stop, day=day)
    with api.database.write() as session:
        assert held_anew.differences(session) == []
        of_all = HeldDay.van_id == ALL_VANS
        session.execute(sa.update(HeldDay).where(of_all, HeldDay.local_day == DAYS[1]).values(adult=1))
        session.execute(sa.delete(HeldDay).where(of_all, HeldDay.local_day == DAYS[2]))
        session.execute(
            sa.update(HeldDay).where(~of_all, HeldDay.local_day == DAYS[4]).values(van_id=api.other_van)
        )
        found = held_anew.differences(session)
        assert {(one.place.van_id, one.place.local_day) for one in found} == {
            (ALL_VANS, DAYS[1]),
            (ALL_VANS, DAYS[2]),
            (api.van, DAYS[4]),
            (api.other_van, DAYS[4]),
        }
        held_anew.fill(session)
        assert held_anew.differences(session) == []
