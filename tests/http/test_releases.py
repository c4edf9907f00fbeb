"""A week is released once: what is told then stands, and what changes later is told beside it, never drawn anew."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from collections import defaultdict
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outreach_api.kernel.ids import new_id
from outreach_api.kernel.week import IsoWeek
from outreach_api.ledger import held_anew
from outreach_api.reports.releases import rules, writes
from outreach_api.storage.cabinet import FOR_EVER
from outreach_api.storage.ledger import AuditEntry
from outreach_api.storage.releases import DueStay, Release
from outreach_api.storage.stops import Stop
from outreach_api.storage.visits import Visit
from tests.api import Answer, Api
from tests.make import make_stop, make_visit
from tests.releasing import FAMILY, SATURDAY, WEEK, atoms, count, everything, hold, public, release


def next_week(api: Api) -> str:
    """A week goes by; the name of the one that is over then and was not before."""
    over = api.clock().date()
    api.clock.forward(days=7)
    return f"{over.isocalendar().year}-W{over.isocalendar().week:02d}"


def by_visit(api: Api) -> dict[tuple[Any, dt.date], dict[str, int]]:
    told: dict[tuple[Any, dt.date], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for _, stop, day, figure, _, value in atoms(api):
        told[stop, day][figure] += value
    return told


def test_a_coordinator_releases_a_week_and_sees_what_it_told(api: Api) -> None:
    hold(api)
    made = release(api)
    assert made.status == 201, made
    assert (made.json["number"], made.json["from_week"], made.json["week"]) == (1, WEEK, WEEK)
    assert made.json["visits"] == 1
    assert made.json["attendance"] == public(api)["attendance"]["total"]
    assert (
        api.get(f"/v1/releases/{made.json['id']}", role="reporter").json["attendance"]
        == made.json["attendance"]
    )
    assert [one["week"] for one in api.get("/v1/releases").json["items"]] == [WEEK]


def test_nobody_else_releases(api: Api) -> None:
    for role in ("crew", "reporter", "safeguarding"):
        assert release(api, role=role).status == 403
    assert api.get("/v1/releases", role="crew").status == 403


def test_it_stands_in_the_audit(api: Api) -> None:
    release(api)
    with api.database.read() as session:
        row = session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "release")).one()
    assert (row.purpose, row.role) == (WEEK, "coordinator")


@pytest.mark.parametrize("week", ["2026-W48", "2026-W49", "2030-W01"])
def test_a_week_that_is_not_over_is_not_released(api: Api, week: str) -> None:
    assert release(api, week).code == "week_not_over"


def test_sunday_evening_is_too_early_and_monday_is_not(api: Api) -> None:
    key = new_id()
    api.clock.now = dt.datetime(2026, 11, 29, 14, 59, tzinfo=dt.UTC)
    assert release(api, "2026-W48", key=key).code == "week_not_over"
    api.clock.now = dt.datetime(2026, 11, 29, 15, 0, tzinfo=dt.UTC)
    assert release(api, "2026-W48", key=key).status == 201


def test_a_week_is_released_once_and_never_an_earlier_one_after_it(api: Api) -> None:
    assert release(api).status == 201
    for week in (WEEK, "2026-W46", "2025-W01"):
        again = release(api, week)
        assert (again.status, again.code) == (409, "week_released")


def test_what_is_sent_again_releases_nothing_twice(api: Api) -> None:
    hold(api)
    key = new_id()
    first, told = release(api, key=key), atoms(api)
    again = release(api, key=key)
    assert (again.status, again.json) == (first.status, first.json)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert atoms(api) == told


def test_of_two_coordinators_at_once_one_releases(api: Api) -> None:
    hold(api)
    tokens = [api.token("coordinator"), api.token("coordinator", another=True)]
    answers: list[Answer] = []
    start = threading.Barrier(2)

    def ask(token: str) -> None:
        client = Api.__new__(Api)
        client.__dict__.update(api.__dict__, _client=api.app.test_client())
        start.wait()
        answers.append(release(client, token=token, role=None))

    threads = [threading.Thread(target=ask, args=(token,)) for token in tokens]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status for answer in answers) == [201, 409]
    assert len({number for number, *_ in atoms(api)}) == 1


def test_weeks_that_were_left_out_go_along_as_weeks_of_that_release(api: Api) -> None:
    hold(api, day=dt.date(2026, 9, 5))
    hold(api, day=dt.date(2026, 11, 14))
    made = release(api)
    assert (made.json["from_week"], made.json["visits"], made.json["late_visits"]) == ("2026-W36", 2, 0)
    hold(api, day=dt.date(2026, 12, 12))
    api.clock.forward(days=21)
    later = release(api, "2026-W50")
    assert (later.json["from_week"], later.json["visits"]) == ("2026-W48", 1)


def test_an_unchanged_count_is_never_told_again(api: Api) -> None:
    hold(api)
    release(api)
    told = atoms(api)
    release(api, next_week(api))
    assert atoms(api) == told


def test_late_heads_voids_and_visits_are_told_beside_it_with_their_sign(api: Api) -> None:
    visit = hold(api, taps={**FAMILY, "elem_low": 40})
    before = release(api)
    count(api, visit, elem_low=-30)
    hold(api, day=dt.date(2026, 11, 20))
    later = release(api, next_week(api))
    assert later.json["late_visits"] == 1
    assert later.json["late_atoms"] > 0
    assert {number for number, *_ in atoms(api)} == {1, 2}
    now = public(api)["attendance"]
    assert now["total"] == before.json["attendance"] + later.json["late_attendance"]
    # 40, 8 and 12 and 8 more, 30 taken back: two counts, each within 4.
    assert abs(now["by_group"]["elementary"] - 38) <= 8


def test_a_visit_that_turns_out_to_be_another_days_leaves_its_day(api: Api) -> None:
    visit = hold(api, taps={"elem_low": 20})
    release(api)
    assert public(api, f"?period={WEEK}")["attendance"]["total"] == 20
    assert api.patch(f"/v1/visits/{visit}", {"local_day": "2026-11-14"}, version=1).status == 200
    release(api, next_week(api))
    assert public(api, f"?period={WEEK}")["attendance"]["total"] == 0
    assert public(api, f"?period={WEEK}")["visits"] == 0
    assert public(api, "?period=2026-W46")["attendance"]["total"] == 20


class _World:
    """One organisation over the examples of a property: each releases later weeks, all of them long over."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.day = dt.date(2024, 1, 13)
        self._weeks = iter(IsoWeek(2024, 2).next(n) for n in range(140))

    def release(self) -> None:
        made = release(self.api, str(next(self._weeks)))
        assert made.status == 201, made

    def heads(self, visit: Any) -> dict[str, int]:
        counts: dict[str, int] = self.api.get(f"/v1/visits/{visit}").json["attendance"]["by_band"]
        return counts

    def where(self, visit: Any) -> tuple[Any, dt.date]:
        with self.api.database.read() as session:
            row = session.get_one(Visit, visit)
            return row.stop_id, row.local_day


@pytest.fixture
def later_weeks(api: Api) -> _World:
    return _World(api)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.lists(
            st.tuples(st.integers(0, 2), st.sampled_from(sorted(FAMILY)), st.integers(-6, 30).filter(bool)),
            max_size=4,
        ),
        min_size=1,
        max_size=4,
    )
)
def test_whatever_comes_late_the_sum_of_all_atoms_stays_a_rounding_of_what_is_counted_now(
    later_weeks: _World, steps: list[list[tuple[int, str, int]]]
) -> None:
    """Each told count is within 4 of the exact one, whatever was told before: errors don't add up over releases."""
    visits = [
        hold(later_weeks.api, day=later_weeks.day - dt.timedelta(days=n), taps={"guardian": 12})
        for n in range(3)
    ]
    for taps in steps:
        for number, band, heads in taps:
            if later_weeks.heads(visits[number]).get(band, 0) + heads >= 0:
                count(later_weeks.api, visits[number], **{band: heads})
        later_weeks.release()
        told = by_visit(later_weeks.api)
        for visit in visits:
            stop, day = later_weeks.where(visit)
            exact = rules.by_group(later_weeks.heads(visit))
            drawn = {
                figure: value for figure, value in told[stop, day].items() if figure != "visits" and value
            }
            if set(drawn) == {"not_said"} or not drawn:
                assert abs(drawn.get("not_said", 0) - sum(exact.values())) < rules.BASE
            else:
                assert all(abs(drawn.get(group, 0) - exact[group]) < rules.BASE for group in exact)
    told_late = atoms(later_weeks.api)
    with later_weeks.api.database.write() as session:
        held_anew.all_due(session)
    later_weeks.release()
    assert atoms(later_weeks.api) == told_late, "who looks at everything anew finds nothing that was missed"


def due(api: Api) -> list[dt.date]:
    """The days of which the next release will look at a stop."""
    with api.database.read() as session:
        return list(session.scalars(sa.select(DueStay.local_day).order_by(DueStay.local_day)))


def test_a_release_looks_at_nothing_but_what_changed_and_misses_nothing(api: Api) -> None:
    """What is under the lock of all writes must not grow with the years."""
    days = [dt.date(2026, 11, day) for day in (7, 14, 21)]
    heads, moved, merged = (hold(api, day=day) for day in days)
    stop = api.get(f"/v1/visits/{merged}").json["stop_id"]
    with api.database.write() as session:
        twin = make_visit(
            session, van_id=api.van, stop=session.get_one(Stop, uuid.UUID(stop)), day=days[2]
        ).id
    hold(api, day=dt.date(2026, 11, 23))
    assert release(api).status == 201
    assert due(api) == [dt.date(2026, 11, 23)], "its week is not over"
    count(api, heads, elem_low=40)
    assert api.patch(f"/v1/visits/{moved}", {"local_day": "2026-11-13"}, version=1).status == 200
    assert api.post(f"/v1/visits/{merged}/merge", {"into": str(twin)}, version=1).status == 200
    assert due(api) == [days[0], dt.date(2026, 11, 13), *days[1:], dt.date(2026, 11, 23)]
    assert release(api, next_week(api)).json["late_atoms"] > 0
    assert due(api) == []
    told = atoms(api)
    with api.database.write() as session:
        held_anew.all_due(session)
    release(api, next_week(api))
    assert atoms(api) == told


def test_a_restored_database_releases_the_very_same_figures(api: Api) -> None:
    """An older backup that knows nothing of a release: what it releases again is no second draw."""
    hold(api)
    hold(api, publicity="members", taps={"elem_low": 21, "guardian": 13, "infant": 2})
    release(api)
    before = everything(api), atoms(api)
    with api.database.write() as session:
        for table in (
            "published_reach",
            "published_rare",
            "published_releases",
            "released_rare",
            "released_atoms",
        ):
            session.execute(sa.text(f"DELETE FROM {table}"))
        session.execute(sa.text("DELETE FROM releases"))
        held_anew.all_due(session)  # as they were in that backup
    assert public(api)["released_through"] is None
    assert release(api).status == 201
    assert (everything(api), atoms(api)) == before


def test_with_another_key_what_was_told_stays_and_is_never_drawn_anew(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cabinet was lost: a second draw of the same counts could be averaged with the first."""
    visit = hold(api)
    release(api)
    told = atoms(api)
    monkeypatch.setattr(writes, "KEY", "another key of the tests")
    assert api.keyring.cabinet.secret("another key of the tests", FOR_EVER).key != api.keyring.secret(
        "releases"
    )
    count(api, visit, elem_low=50)
    week = next_week(api)
    hold(api, day=dt.date(2026, 11, 28))
    release(api, week)
    assert [atom for atom in atoms(api) if atom[2] == SATURDAY] == told
    assert {atom[2] for atom in atoms(api)} == {SATURDAY, dt.date(2026, 11, 28)}


def test_no_table_of_what_was_told_holds_an_exact_count(api: Api) -> None:
    for n in range(5):
        hold(api, day=SATURDAY - dt.timedelta(days=n), publicity="members" if n % 2 else "public")
    release(api)
    assert all(value % rules.BASE == 0 for *_, figure, _, value in atoms(api) if figure != "visits")
    with api.database.read() as session:
        values = session.execute(
            sa.text("SELECT value FROM published_reach WHERE figure <> 'visits'")
        ).scalars()
        assert all(value % rules.BASE == 0 for value in values)
        assert session.scalar(sa.select(sa.func.count()).select_from(Release)) == 1


def test_consultations_and_connections_go_out_once_their_quarter_is_over(api: Api) -> None:
    visit = hold(api, day=dt.date(2026, 9, 26))
    for n in range(13):
        note = {"visit_id": str(visit), "familiarity": "new", "depth": "consultation" if n < 12 else "chat"}
        made = api.post("/v1/contact-notes", {**note, "stages": ["infant"], "topics": ["childcare"]})
        assert made.status == 201, made
    release(api, "2026-W39")
    assert public(api)["quarters"] == []
    made = release(api, "2026-W40")
    assert [(one["quarter"], one["figure"], one["value"]) for one in made.json["quarters"]] == [
        ("FY2026-Q2", "consultations", public(api)["quarters"][0]["consultations"])
    ]
    assert public(api)["quarters"][0]["consultations"] in (10, 15)
    assert public(api, "?period=2026-08")["quarters"] == public(api)["quarters"]
    assert public(api, "?period=2026-11")["quarters"] == []


def test_two_stops_of_one_cell_are_told_as_one_and_their_stops_are_told_to_nobody(api: Api) -> None:
    with api.database.write() as session:
        stops = [make_stop(session, name=f"場所{n}", lat=35.8041 + n / 10_000) for n in range(2)]
    for stop in stops:
        hold(api, stop=stop)
    release(api)
    shown = public(api)
    assert [(cell["mesh1000"], cell["visits"]) for cell in shown["cells"]] == [(53395766, 2)]
    with api.database.read() as session:
        (names,) = session.execute(sa.text("SELECT count(*) FROM published_reach WHERE number = 1")).one()
        assert names <= 8
    text = "".join(text for text, _ in everything(api))
    assert not [secret for stop in stops for secret in (str(stop.id), stop.code) if secret in text]
