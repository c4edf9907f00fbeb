"""A phone forgets only what the server proves to hold and a backup holds too; after a restore it sends all it has."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from outreach_api.kernel.ids import new_id, visit_id_of
from outreach_api.storage.base import Base
from outreach_api.storage.ledger import Change, Receipt, VisitTotal
from outreach_api.storage.plans import Plan, PlanRevision, PlanStop
from outreach_api.storage.sales import Item, ItemPrice
from outreach_api.storage.visits import HeadCount, Visit
from tests.api import Api
from tests.handheld import Handheld, Van, backed_up, new_epoch
from van_app import pulling
from van_app.wire import Response


def forget_all(api: Api, *tables: type[Base]) -> None:
    """As if an older backup had come back, of before any of this."""
    with api.database.write() as session:
        for table in tables:
            session.execute(sa.delete(table))


def counted(van: Van) -> Handheld:
    """A phone whose opening and two counts the server has acknowledged."""
    phone = van.phone()
    phone.open_visit(plan_stop_id=van.plan_stop)
    phone.count({"infant": 1})
    phone.count({"preschool": 1})
    assert phone.sync().applied == 3
    return phone


def held(phone: Handheld) -> tuple[int, int]:
    """How many are acknowledged and still here, and how many are forgotten."""
    forgotten = phone.queue.rows("SELECT count(*) AS n FROM operations WHERE state = 'forgotten'")[0]["n"]
    return phone.status().acknowledged, forgotten


def test_what_no_backup_holds_is_not_forgotten(van: Van, api: Api) -> None:
    phone = counted(van)
    assert phone.sync().forgotten == 0
    backed_up(api)
    phone.count({"senior": 1})
    report = phone.sync()
    # The late count is of the same kind and day, and its change came after the backup.
    assert (report.applied, report.forgotten, held(phone)) == (1, 1, (3, 1))
    backed_up(api)
    assert (phone.sync().forgotten, held(phone)) == (3, (0, 4))


def test_a_phone_whose_clock_begins_in_1970_may_forget_too(van: Van, api: Api) -> None:
    phone = van.phone()
    phone.open_visit(plan_stop_id=van.plan_stop)
    phone.clocks.off = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) - api.clock()
    phone.clocks.boot = "battery was out"
    phone.count({"infant": 1})
    assert phone.sync().applied == 2
    backed_up(api)
    report = phone.sync()
    assert (report.problem, report.forgotten, phone.status().acknowledged) == (None, 2, 0)


def test_what_is_forgotten_is_gone_from_the_file(van: Van, api: Api) -> None:
    phone = counted(van)
    sale = phone.keep(
        "sale.void", {"sale_id": phone.status().visit or "", "reason": "SECRET-REASON"}, visit_id=None
    )
    phone.sync()
    phone.queue.put_back("op_id = ?", sale)
    folder: Path = phone.queue.path.parent
    assert any(b"SECRET-REASON" in file.read_bytes() for file in folder.iterdir())
    with phone.queue.writing():
        phone.queue.forget([sale])
    phone.queue.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    assert not any(b"SECRET-REASON" in file.read_bytes() for file in folder.iterdir())


def test_after_a_restore_all_that_is_held_is_sent_again_and_counts_once(van: Van, api: Api) -> None:
    phone = counted(van)
    forget_all(api, VisitTotal, HeadCount, Visit, Receipt)
    new_epoch(api)
    phone.count({"infant": 1})
    report = phone.sync()
    assert report.restored
    # Three that were lost, and the new count that came before its visit was there again.
    assert (report.put_back, report.applied, report.dead) == (4, 4, 0)
    assert van.counted() == 3
    again = phone.sync()
    assert (again.restored, again.put_back, van.counted()) == (False, 0, 3)


def test_a_restore_that_lost_nothing_doubles_nothing(van: Van, api: Api) -> None:
    phone = counted(van)
    new_epoch(api)
    report = phone.sync()
    assert (report.restored, report.duplicate, van.counted()) == (True, 3, 2)


def test_after_a_restore_dead_letters_are_sent_again_too_for_the_offices_list_went_with_it(
    van: Van, api: Api
) -> None:
    phone = counted(van)
    phone.keep("sale.record", {"visit_id": phone.status().visit, "payment": "shells"})
    assert phone.sync().dead == 1
    with api.database.write() as session:
        session.execute(sa.text("DELETE FROM rejections"))
        session.execute(sa.delete(Receipt))
        session.execute(sa.delete(HeadCount))
        session.execute(sa.delete(VisitTotal))
        session.execute(sa.delete(Visit))
    new_epoch(api)
    assert phone.sync().dead == 1
    assert len(api.get("/v1/sync/rejections").json["items"]) == 1
    assert (len(phone.dead()), van.counted()) == (1, 2)


def test_what_was_pulled_is_replaced_after_a_restore_only_when_all_of_it_is_there(
    van: Van, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulling, "PAGE", 1)
    phone = van.phone()
    before = {kind: len(phone.shelf.things(kind)) for kind in ("item", "stop", "plan")}
    assert before == {"item": 1, "stop": 1, "plan": 1}
    forget_all(api, ItemPrice, Item)
    with api.database.write() as session:
        session.execute(sa.delete(Change).where(Change.kind == "item"))
    new_epoch(api)
    pages: list[str] = []

    def one_page_only(_method: str, path: str, send: Callable[[], Response]) -> Response:
        answer = send()
        if "pull" in path and answer.status == 200:
            pages.append(path)
            if len(pages) > 1:
                raise ConnectionResetError
        return answer

    phone.network.fault = one_page_only
    assert phone.sync().problem is not None
    assert len(phone.shelf.things("item")) == 1
    phone.network.fault = None
    assert phone.sync().problem is None
    after = {kind: len(phone.shelf.things(kind)) for kind in before}
    assert after == {**before, "item": 0}
    assert "cursor=" in phone.network.requests[-2][1]  # it went on where the network had left it


def test_a_visit_whose_plan_is_lost_is_opened_without_it_and_its_facts_find_it(van: Van, api: Api) -> None:
    phone = counted(van)
    other = van.phone()
    other.open_visit(plan_stop_id=van.plan_stop)
    other.count({"adult": 1})
    forget_all(api, VisitTotal, HeadCount, Visit, Receipt, PlanStop, PlanRevision, Plan)
    with api.database.write() as session:
        session.execute(sa.delete(Change).where(Change.kind == "plan"))
    new_epoch(api)
    report = phone.sync()
    assert (report.restored, report.reopened, report.dead) == (True, 1, 0)
    assert other.sync().reopened == 1
    (visit,) = van.visits()
    assert (visit["id"], visit["stop_id"], visit["local_day"]) == (
        str(visit_id_of(uuid.UUID(van.plan_stop))),
        van.stop,
        "2026-11-28",
    )
    assert (visit["plan_stop_id"], visit["attendance"]["total"]) == (None, 3)
    assert phone.status().waiting == other.status().waiting == 0


def test_what_the_server_lost_without_saying_so_is_found_by_the_digest_and_sent_again(
    van: Van, api: Api
) -> None:
    phone = counted(van)
    forget_all(api, VisitTotal, HeadCount)
    with api.database.write() as session:
        session.execute(sa.delete(Receipt).where(Receipt.kind == "head_count.add"))
    backed_up(api)
    report = phone.sync()
    assert (report.put_back, report.applied, van.counted()) == (2, 2, 2)
    backed_up(api)
    phone.sync()
    assert held(phone) == (0, 3)


def test_a_difference_that_sending_does_not_mend_is_sent_once_only(van: Van, api: Api) -> None:
    phone = counted(van)
    with api.database.write() as session:
        (row,) = session.execute(sa.select(Receipt.__table__).where(Receipt.kind == "visit.open")).mappings()
        session.execute(sa.insert(Receipt).values(**{**row, "op_id": new_id()}))
    assert phone.sync().put_back == 1
    pushes = len(phone.network.pushes)
    assert phone.sync().put_back == 0
    assert len(phone.network.pushes) == pushes
    backed_up(api)
    phone.sync()
    assert held(phone) == (1, 2)  # it is only kept longer


def test_days_that_lie_years_apart_are_asked_for_and_forgotten_too(van: Van, api: Api) -> None:
    phone = counted(van)
    phone.clocks.off = dt.timedelta(days=-3_000)
    phone.clocks.boot = "second"
    phone.count({"infant": 1})
    assert phone.sync().applied == 1
    backed_up(api)
    # How wrong this phone's clock is changes nothing in what it may forget.
    assert (phone.sync().forgotten, phone.status().acknowledged) == (4, 0)


def test_ids_of_what_was_forgotten_go_when_nothing_of_their_day_is_left(van: Van, api: Api) -> None:
    phone = counted(van)
    backed_up(api)
    phone.sync()
    assert held(phone) == (0, 3)
    api.clock.forward(days=100)
    phone.count({"infant": 1})
    phone.sync()
    backed_up(api)
    phone.sync()
    assert held(phone) == (0, 1)
