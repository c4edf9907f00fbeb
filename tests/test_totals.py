"""Totals that were kept along the way against a recount from the facts: what `outreach verify` relies on."""

from __future__ import annotations

import sqlalchemy as sa

from outreach_api.ledger import measures, recount
from outreach_api.storage.ledger import VisitTotal
from outreach_api.storage.sales import CashMovement, CashUp, Sale, TicketEntry
from outreach_api.storage.session import Database
from outreach_api.storage.visits import HeadCount
from tests.api import Api
from tests.make import make_item, make_visit


def open_visit(api: Api) -> str:
    with api.database.write() as session:
        return str(make_visit(session, van_id=api.van).id)


def fill(api: Api, visit: str) -> None:
    """Taps with a mis-tap, two receipts of which one is taken back, a note."""
    taps = f"/v1/visits/{visit}/head-counts"
    assert api.post(taps, {"counts": {"infant": 3, "guardian": 2}}, role="crew").status == 201
    assert api.post(taps, {"counts": {"infant": -1}}, role="crew").status == 201
    with api.database.write() as session:
        item = str(make_item(session, price_yen=50).id)
    sale = {"visit_id": visit, "payment": "cash", "lines": [{"item_id": item, "quantity": 3}]}
    first = api.post("/v1/sales", sale, role="crew")
    assert first.status == 201, first
    assert api.post("/v1/sales", sale, role="crew").status == 201
    taken_back = api.post(f"/v1/sales/{first.json['id']}/void", {"reason": "mistake"}, role="crew")
    assert taken_back.status == 201, taken_back
    note = {"visit_id": visit, "familiarity": "new", "depth": "chat"}
    assert api.post("/v1/contact-notes", note, role="crew").status == 201


def test_what_was_entered_adds_up(api: Api, database: Database) -> None:
    fill(api, open_visit(api))
    with database.read() as session:
        kept = {(total.measure, total.key): total.value for total in session.scalars(sa.select(VisitTotal))}
        assert kept[measures.ATTENDANCE, "infant"] == 2
        assert kept[measures.SALES_BY_PAYMENT_YEN, "cash"] == 150
        assert recount.differences(session) == []


def test_a_total_that_was_altered_or_lost_is_found(api: Api, database: Database) -> None:
    visit = open_visit(api)
    fill(api, visit)
    with database.write() as session:
        is_infants = sa.and_(VisitTotal.measure == measures.ATTENDANCE, VisitTotal.key == "infant")
        session.execute(sa.update(VisitTotal).where(is_infants).values(value=9))
        session.execute(sa.delete(VisitTotal).where(VisitTotal.measure == measures.CONTACTS))
    with database.read() as session:
        found = {(d.measure, d.key): (d.kept, d.counted) for d in recount.differences(session)}
        assert all(str(d.visit_id) == visit for d in recount.differences(session))
    assert found == {(measures.ATTENDANCE, "infant"): (9, 2), (measures.CONTACTS, "new"): (0, 1)}


def test_a_total_without_any_fact_is_found(api: Api, database: Database) -> None:
    visit = open_visit(api)
    fill(api, visit)
    with database.write() as session:
        row = session.scalars(sa.select(VisitTotal)).first()
        assert row is not None
        session.execute(
            sa.insert(VisitTotal).values(
                visit_id=row.visit_id, measure=measures.STAMPS, key="", iso_week=row.iso_week, value=4
            )
        )
    with database.read() as session:
        (found,) = recount.differences(session)
    assert (found.measure, found.kept, found.counted) == (measures.STAMPS, 4, 0)


def test_a_telling_that_counts_beside_the_other_is_found_also_when_totals_agree(
    api: Api, database: Database
) -> None:
    visit = open_visit(api)
    for role, source in (("crew", "app"), ("coordinator", "paper")):
        said = {"visit_id": visit, "source": source}
        taps = {"counts": {"adult": 2}, "source": source}
        assert api.post(f"/v1/visits/{visit}/head-counts", taps, role=role).status == 201
        assert api.post("/v1/sales", {"payment": "cash", "rush_yen": 90, **said}, role=role).status == 201
        assert api.post("/v1/tickets/redeem", {"quantity": 1, **said}, role=role).status == 201
        moved = {"direction": "out", "reason": "supplies", "amount_yen": 5, **said}
        assert api.post("/v1/cash-movements", moved, role=role).status == 201
        till = {"opening_float_yen": 0, "counts": {"10": 9}, **said}
        assert api.post("/v1/cash-ups", till, role=role).status == 201
    with database.read() as session:
        assert recount.counted_twice(session) == []
    with database.write() as session:
        for fact in (HeadCount, Sale, TicketEntry, CashMovement, CashUp):
            session.execute(sa.update(fact).values(counted=True))
        session.execute(sa.update(VisitTotal).values(value=VisitTotal.value * 2))
        session.execute(sa.delete(VisitTotal).where(VisitTotal.measure == measures.HELD_BACK))
    with database.read() as session:
        found = [(str(twice.visit_id), twice.subject) for twice in recount.counted_twice(session)]
        assert recount.differences(session) == []
    assert found == [(visit, subject) for subject in ("heads", "receipts", "tickets", "cash", "till")]
    # A coordinator's choice mends it.
    for source in ("paper", "app"):
        version = api.get(f"/v1/visits/{visit}/tellings").json["version"]
        chosen = {"heads": source, "receipts": source}
        assert api.post(f"/v1/visits/{visit}/telling", chosen, version=version).status == 200
        with database.read() as session:
            assert recount.counted_twice(session) == recount.differences(session) == []
