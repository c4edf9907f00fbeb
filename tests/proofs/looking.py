"""Holds what a database has against what it must have, and what phones pulled against what there is."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.week import IsoWeek, local_day
from outreach_api.ledger import held_anew, recount
from outreach_api.storage.contacts import ContactNote, StampMark
from outreach_api.storage.ledger import Change, ChangeCounter, Receipt, Rejection, VisitTotal
from outreach_api.storage.sales import Sale, SaleVoid, TicketEntry
from outreach_api.storage.visits import HeadCount, HygieneEntry, Visit
from tests.proofs.book import Book
from tests.proofs.handsets import Handset, digest_hash
from tests.proofs.organisation import Organisation

TABLES: dict[str, Any] = {
    "head_count.add": HeadCount,
    "note.write": ContactNote,
    "sale.record": Sale,
    "sale.void": SaleVoid,
    "stamp.mark": StampMark,
    "ticket": TicketEntry,
    "hygiene.log": HygieneEntry,
}
MEASURES = (
    "attendance",
    "sales_count",
    "sales_payment_yen",
    "contacts",
    "contact_depth",
    "stamps",
    "tickets",
    "tickets_yen",
)
DIGEST_DAYS = dt.timedelta(days=399)
"""The most that one digest covers; phones' clocks are off by a year either way."""


def look(here: Organisation, book: Book, handsets: Sequence[Handset]) -> None:
    """The database holds exactly what the book says, and tells every phone so. Raises AssertionError."""
    with here.database.read() as session:
        same("receipts", _receipts(session), _receipts_of(book))
        same("visits", _visits(session), _visits_of(book, here))
        for table in TABLES:
            same(table, _facts(session, table), _facts_of(book, here, table))
        same("totals", _totals(session), book.totals())
        same("recount", recount.differences(session), [])
        same("held days", held_anew.differences(session), [])
        same("dead letters", _letters(session), _letters_of(book))
        _numbers_rise(session)
    for visit_id, visit in book.visits.items():
        if visit.true_day is not None and visit.day != visit.true_day:
            raise AssertionError(f"visit {visit_id} moved to {visit.day} by a phone's clock")
    for handset in handsets:
        same("digest", digest(here, handset), _digest_of(book, handset))


def effects(session: Session) -> dict[str, Any]:
    """All that a push can do, but for change numbers."""
    found: dict[str, Any] = {table: _facts(session, table) for table in TABLES}
    return {**found, "visits": _visits(session), "totals": _totals(session)}


def pulled_afresh(here: Organisation, handset: Handset) -> dict[tuple[str, str], Any]:
    """What a phone without a cursor gets to know."""
    fresh = Handset(handset.sender, handset.token, handset.dice)
    while fresh.pages_pending:
        cursor = f"&cursor={fresh.cursor}" if fresh.cursor else ""
        fresh.take(here.ask("GET", f"/v1/sync/pull?limit=500{cursor}", fresh.token).body)
    return fresh.copy


def digest(here: Organisation, handset: Handset) -> dict[tuple[str, str, str], tuple[int, str]]:
    """What the server says that it holds of a phone, over all its days."""
    today = local_day(here.clock())
    groups = {}
    for first in (today - DIGEST_DAYS, today + dt.timedelta(days=1)):
        path = f"/v1/sync/digest?from_day={first}&to_day={first + DIGEST_DAYS}"
        for group in here.ask("GET", path, handset.token).body["groups"]:
            groups[group["day"], group["kind"], group["result"]] = (group["count"], group["hash"])
    return groups


def visits_held(handset: Handset, book: Book) -> tuple[dict[str, Any], dict[str, Any]]:
    """The visits that a phone holds, and those that it must: its van's, and none that was joined to another."""
    people: Counter[Any] = Counter()
    for (visit_id, measure, _), value in book.totals().items():
        people[visit_id] += value * (measure == "attendance")
    held = {
        place[1]: (data["status"], data["local_day"], data["attendance"]["total"])
        for place, data in handset.copy.items()
        if place[0] == "visit"
    }
    there = {
        str(visit_id): (visit.status, visit.day.isoformat(), people[visit_id])
        for visit_id, visit in book.visits.items()
        if visit.merged_into is None and handset.sender.van_id in (None, visit.van_id)
    }
    return held, there


def same(what: str, found: Any, expected: Any) -> None:
    if found == expected:
        return
    if isinstance(found, dict):
        missing = {key: value for key, value in expected.items() if found.get(key) != value}
        too_much = {key: value for key, value in found.items() if expected.get(key) != value}
        raise AssertionError(f"{what}: expected {missing}, found {too_much}")
    raise AssertionError(f"{what}: expected {expected}, found {found}")


def _receipts(session: Session) -> dict[Any, Any]:
    rows = session.execute(sa.select(Receipt.op_id, Receipt.holder_id, Receipt.status, Receipt.code))
    return {row.op_id: tuple(row[1:]) for row in rows}


def _receipts_of(book: Book) -> dict[Any, Any]:
    return {
        op_id: (receipt.holder_id, receipt.expected.result, receipt.expected.code)
        for op_id, receipt in book.receipts.items()
    }


def _visits(session: Session) -> dict[Any, Any]:
    columns = (
        Visit.id,
        Visit.van_id,
        Visit.stop_id,
        Visit.mesh,
        Visit.local_day,
        Visit.iso_week,
        Visit.status,
        Visit.opened_at,
        Visit.closed_at,
        Visit.merged_into,
    )
    return {row.id: tuple(row[1:]) for row in session.execute(sa.select(*columns))}


def _visits_of(book: Book, here: Organisation) -> dict[Any, Any]:
    return {
        visit_id: (
            visit.van_id,
            visit.stop_id,
            here.stop_mesh[visit.stop_id],
            visit.day,
            IsoWeek.of(visit.day).as_int,
            visit.status,
            visit.opened_at,
            visit.closed_at,
            visit.merged_into,
        )
        for visit_id, visit in book.visits.items()
    }


def _facts(session: Session, table: str) -> dict[Any, Any]:
    rows = TABLES[table]
    columns = (rows.id, rows.visit_id, rows.local_day, rows.iso_week, rows.mesh, rows.occurred_at)
    return {row.id: tuple(row[1:]) for row in session.execute(sa.select(*columns))}


def _facts_of(book: Book, here: Organisation, table: str) -> dict[Any, Any]:
    found = {}
    for fact_id, fact in book.facts[table].items():
        visit = book.visits[fact.visit_id]
        week, mesh = IsoWeek.of(visit.day).as_int, here.stop_mesh[visit.stop_id]
        found[fact_id] = (fact.visit_id, visit.day, week, mesh, fact.occurred_at)
    return found


def _totals(session: Session) -> Counter[Any]:
    rows = session.execute(
        sa.select(VisitTotal.visit_id, VisitTotal.measure, VisitTotal.key, VisitTotal.value).where(
            VisitTotal.measure.in_(MEASURES), VisitTotal.value != 0
        )
    )
    return Counter({(visit_id, measure, key): value for visit_id, measure, key, value in rows})


def _letters(session: Session) -> Counter[Any]:
    columns = (Rejection.holder_id, Rejection.op_id, Rejection.state, Rejection.code, Rejection.kind)
    return Counter(tuple(row) for row in session.execute(sa.select(*columns)))


def _letters_of(book: Book) -> Counter[Any]:
    return Counter(
        (key.holder_id, key.op_id, letter.state, letter.code, letter.kind)
        for key, letter in book.letters.items()
    )


def _numbers_rise(session: Session) -> None:
    """No change number was given twice, and none beyond the counter; what is settled shares its settlement's."""
    own = sa.select(Receipt.change_no).where(Receipt.code.is_distinct_from("settled_by_office"))
    given = [*session.scalars(own), *session.scalars(sa.select(Change.change_no))]
    last = session.execute(sa.select(ChangeCounter.value)).scalar_one()
    if len(set(given)) != len(given) or max(given, default=0) > last:
        raise AssertionError(f"change numbers {sorted(given)}, the counter stands at {last}")


def _digest_of(book: Book, handset: Handset) -> dict[tuple[str, str, str], tuple[int, str]]:
    groups = defaultdict(list)
    for op_id, receipt in book.receipts.items():
        if receipt.holder_id == handset.sender.holder_id:
            day = local_day(receipt.said_at).isoformat()
            groups[day, receipt.kind, receipt.expected.result].append(op_id)
    return {group: (len(ids), digest_hash(ids)) for group, ids in groups.items()}
