"""Arriving at a stop: which visit is joined, and that a phone can tell of it even when it is the last one left."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from outreach_api.storage.ledger import Receipt
from outreach_api.storage.visits import Visit
from tests.api import Api
from tests.handheld import Handheld, Van, new_epoch
from tests.planning import agreed_stop
from van_app.ids import visit_id_of


def joined(van: Van, place: str) -> tuple[Handheld, str]:
    """A phone that joined an unplanned visit of another one, of which nobody hears again."""
    first, second = van.phone(), van.phone()
    visit = first.open_visit(stop_id=place)
    first.sync()
    second.sync()
    assert second.open_visit(stop_id=place) == visit
    return second, visit


def lose_all(api: Api) -> None:
    """The server comes back from a backup that is older than the visit."""
    with api.database.write() as session:
        session.execute(sa.delete(Receipt))
        session.execute(sa.delete(Visit))
    new_epoch(api)


def test_who_joined_a_visit_can_open_it_alone_after_a_restore(van: Van, api: Api) -> None:
    phone, visit = joined(van, agreed_stop(api, "K08"))
    lose_all(api)
    phone.count({"infant": 1})
    phone.sync()
    assert phone.status().waiting == 0
    assert [(one["id"], one["attendance"]["total"]) for one in van.visits()] == [(visit, 1)]


@pytest.mark.parametrize("heard_first_by", ["push", "pull"])
def test_a_visit_that_only_another_phone_had_opened_is_opened_again_at_its_time(
    van: Van, api: Api, heard_first_by: str
) -> None:
    phone, visit = joined(van, agreed_stop(api, "K08"))
    opened_at = van.visits()[0]["opened_at"]
    phone.queue.do(
        "DELETE FROM operations"
    )  # as a phone that joined before phones kept openings of their own
    api.clock.forward(hours=1)
    lose_all(api)
    if heard_first_by == "pull":
        phone.sync()
    phone.count({"infant": 1})
    report = phone.sync()
    assert (report.reopened, phone.status().waiting) == (1, 0)
    assert [(one["id"], one["opened_at"], one["attendance"]["total"]) for one in van.visits()] == [
        (visit, opened_at, 1)
    ]


def test_opening_twice_before_a_sync_is_one_visit(van: Van, api: Api) -> None:
    phone, place = van.phone(), agreed_stop(api, "K08")
    assert phone.open_visit(stop_id=place) == phone.open_visit(stop_id=place)
    elsewhere = phone.open_visit(stop_id=agreed_stop(api, "K09"))
    back = phone.open_visit(stop_id=place)
    assert (back != elsewhere, phone.status().visit) == (True, back)
    assert (phone.sync().applied, len(van.visits())) == (2, 2)


def test_who_left_and_comes_back_without_a_plan_opens_another_visit(van: Van, api: Api) -> None:
    phone, place = van.phone(), agreed_stop(api, "K08")
    first = phone.open_visit(stop_id=place)
    phone.close()
    second = phone.open_visit(stop_id=place)
    assert second != first
    assert (phone.sync().applied, len(van.visits())) == (3, 2)


def test_a_planned_visit_that_was_closed_goes_on_closed_and_still_counts(van: Van) -> None:
    phone = van.phone()
    phone.open_visit(plan_stop_id=van.plan_stop)
    phone.close()
    visit = phone.joins(plan_stop_id=van.plan_stop)
    assert (visit is not None and visit.status) == "closed"
    assert phone.open_visit(plan_stop_id=van.plan_stop) == visit_id_of(van.plan_stop)
    phone.count({"infant": 2})
    assert (phone.sync().dead, van.counted()) == (0, 2)
    assert [one["status"] for one in van.visits()] == ["closed"]
