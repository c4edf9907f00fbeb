"""Three ledgers of one day, held against each other: what crews entered, what their phones say became of it, and what
the server's database holds. They must agree exactly, or it is said where they don't."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.ledger import held_anew, measures, recount
from outreach_api.storage.contacts import ContactNote, SafetyConcern
from outreach_api.storage.keyring import Keyring
from outreach_api.storage.ledger import Receipt, Rejection, VisitTotal
from outreach_api.storage.sales import Sale, SaleVoid, TicketEntry
from outreach_api.storage.visits import HeadCount, Visit
from schemas.vocabulary import TicketEvent, VisitStatus
from tests.proofs.reference_client import Crew, Entry
from van_app.kept import DEAD, WAITING

Rows = Mapping[Any, tuple[Any, ...]]
Tables = Mapping[str, Rows]

TOTALS = (
    measures.ATTENDANCE,
    measures.SALES_COUNT,
    measures.SALES_BY_PAYMENT_YEN,
    measures.TICKETS,
    measures.CONTACTS_BY_DEPTH,
)
MAY_BE_REFUSED = {"sale.void", "visit.close"}
"""Where two phones do the same, one of them comes too late. All others stand, unless they are wrong."""


def disagreements(
    session: Session, crews: Sequence[Crew], keyring: Keyring, offices: set[uuid.UUID]
) -> Iterator[str]:
    """Where they disagree; nothing when all is well. `offices` are the receipts of other work than the crews'."""
    entries = [entry for crew in crews for entry in crew.entered]
    ledgers = [_ledger(crew) for crew in crews]
    for crew, ledger in zip(crews, ledgers, strict=True):
        yield from _differ(
            "a phone's queue and what was entered",
            {op_id: (line["kind"],) for op_id, line in ledger.items()},
            {uuid.UUID(entry.op_id): (entry.kind,) for entry in crew.entered},
        )
        yield from _ends(crew, ledger)
    yield from _differ(
        "receipts and the phones' ledgers",
        {
            row.op_id: (row.holder_id, row.kind, row.status)
            for row in session.execute(
                sa.select(Receipt.op_id, Receipt.holder_id, Receipt.kind, Receipt.status)
            )
            if row.op_id not in offices
        },
        {
            op_id: (crew.holder.holder_id, line["kind"], line["result"])
            for crew, ledger in zip(crews, ledgers, strict=True)
            for op_id, line in ledger.items()
        },
    )
    yield from _differ(
        "dead letters",
        {row.op_id: (row.state,) for row in session.execute(sa.select(Rejection.op_id, Rejection.state))},
        {
            op_id: ("open",)
            for ledger in ledgers
            for op_id, line in ledger.items()
            if line["result"] != "applied"
        },
    )
    there, should_be = _there(session, keyring), _should_be(entries)
    for name in there.keys() | should_be.keys():
        yield from _differ(name, there.get(name, {}), should_be.get(name, {}))
    applied = {op_id for ledger in ledgers for op_id, line in ledger.items() if line["result"] == "applied"}
    if set(session.scalars(sa.select(SaleVoid.id))) != applied & _ids(entries, "sale.void"):
        yield "other voids stand than the phones were told"
    wrong = [*recount.differences(session), *held_anew.differences(session)]
    if wrong:
        yield f"{len(wrong)} totals differ from a recount"


def _ledger(crew: Crew) -> dict[uuid.UUID, Any]:
    with crew.phone() as phone:
        rows = phone.queue.rows("SELECT op_id, kind, state, result FROM operations")
    return {uuid.UUID(row["op_id"]): row for row in rows}


def _ends(crew: Crew, ledger: Mapping[uuid.UUID, Any]) -> Iterator[str]:
    """How each ended on its phone, as far as that does not depend on who came first."""
    wrong: Counter[str] = Counter()
    for entry in crew.entered:
        line = ledger.get(uuid.UUID(entry.op_id))
        if line is None:
            continue
        if line["state"] == WAITING:
            wrong[f"{entry.kind} waiting on its phone"] += 1
        elif (line["state"] == DEAD) != (line["result"] != "applied"):
            wrong[f"{entry.kind} {line['state']} on its phone, and answered {line['result']}"] += 1
        elif entry.wrong != (line["result"] != "applied") and entry.kind not in MAY_BE_REFUSED:
            wrong[f"{entry.kind} answered {line['result']}"] += 1
    for what, count in wrong.items():
        yield f"{count} × {what}"


def _there(session: Session, keyring: Keyring) -> Tables:
    """What the database holds."""

    def rows(*columns: Any) -> dict[Any, tuple[Any, ...]]:
        return {row[0]: tuple(row[1:]) for row in session.execute(sa.select(*columns))}

    tickets = sa.select(TicketEntry.id, TicketEntry.visit_id, TicketEntry.event, TicketEntry.quantity)
    by_themselves = session.execute(tickets.where(TicketEntry.sale_id.is_(None)))
    notes = session.execute(
        sa.select(ContactNote.id, ContactNote.visit_id, ContactNote.depth, ContactNote.text_sealed)
    )
    totals = session.execute(
        sa.select(VisitTotal).where(VisitTotal.measure.in_(TOTALS), VisitTotal.value != 0)
    )
    return {
        "visits": rows(Visit.id, Visit.status),
        "head counts": {
            row_id: (visit, _none_zero(counts))
            for row_id, (visit, counts) in rows(HeadCount.id, HeadCount.visit_id, HeadCount.counts).items()
        },
        "sales": rows(Sale.id, Sale.visit_id, Sale.payment, Sale.total_yen, Sale.ticket_count),
        "sales taken back": rows(SaleVoid.sale_id, SaleVoid.visit_id),
        "tickets": {row[0]: tuple(row[1:]) for row in by_themselves},
        "notes": {
            note: (visit, depth, _opened(keyring, note, sealed)) for note, visit, depth, sealed in notes
        },
        "safety concerns": rows(SafetyConcern.note_id, SafetyConcern.visit_id),
        "totals": {(one.visit_id, one.measure, one.key): (one.value,) for one in totals.scalars()},
    }


def _opened(keyring: Keyring, note: uuid.UUID, sealed: bytes | None) -> str | None:
    if sealed is None:
        return None
    return keyring.open(sealed, table="contact_notes", column="text_sealed", row=note)


def _should_be(entries: Sequence[Entry]) -> Tables:
    """What a database holds in which every entry took effect once."""
    found: dict[str, dict[Any, tuple[Any, ...]]] = defaultdict(dict)
    taken_back = {entry.said["sale_id"] for entry in entries if entry.kind == "sale.void"}
    totals: Counter[tuple[uuid.UUID, str, str]] = Counter()
    for entry in (entry for entry in entries if not entry.wrong):
        visit, entity, said = uuid.UUID(entry.visit_id), uuid.UUID(entry.entity_id), entry.said
        match entry.kind:
            case "visit.open":
                found["visits"].setdefault(visit, (VisitStatus.OPEN.value,))
            case "visit.close":
                found["visits"][visit] = (VisitStatus.CLOSED.value,)
            case "head_count.add":
                found["head counts"][entity] = (visit, _none_zero(said["counts"]))
                totals.update({(visit, measures.ATTENDANCE, band): n for band, n in said["counts"].items()})
            case "sale.record":
                tickets = said.get("ticket_count", 0)
                found["sales"][entity] = (visit, said["payment"], said["total_yen"], tickets)
                if entry.op_id not in taken_back:
                    totals[visit, measures.SALES_COUNT, said["payment"]] += 1
                    totals[visit, measures.SALES_BY_PAYMENT_YEN, said["payment"]] += said["total_yen"]
                    totals[visit, measures.TICKETS, TicketEvent.REDEEMED.value] += tickets
            case "sale.void":
                found["sales taken back"][uuid.UUID(said["sale_id"])] = (visit,)
            case "ticket.issue" | "ticket.redeem":
                event = TicketEvent.ISSUED if entry.kind == "ticket.issue" else TicketEvent.REDEEMED
                found["tickets"][entity] = (visit, event.value, said["quantity"])
                totals[visit, measures.TICKETS, event.value] += said["quantity"]
            case "note.write":
                found["notes"][entity] = (visit, said["depth"], said["text"])
                totals[visit, measures.CONTACTS_BY_DEPTH, said["depth"]] += 1
                if said["safety_concern"]:
                    found["safety concerns"][entity] = (visit,)
            case other:
                raise AssertionError(other)
    found["totals"] = {key: (value,) for key, value in totals.items() if value}
    return found


def _differ(what: str, there: Rows, should_be: Rows) -> Iterator[str]:
    for said, keys in (
        ("missing", should_be.keys() - there.keys()),
        ("too many", there.keys() - should_be.keys()),
        ("other", {key for key in there.keys() & should_be.keys() if there[key] != should_be[key]}),
    ):
        if keys:
            example = min(keys, key=str)
            yield f"{what}: {len(keys)} {said} ({there.get(example)} for {should_be.get(example)})"


def _ids(entries: Sequence[Entry], kind: str) -> set[uuid.UUID]:
    return {uuid.UUID(entry.op_id) for entry in entries if entry.kind == kind}


def _none_zero(counts: Mapping[str, int]) -> dict[str, int]:
    return {band: n for band, n in counts.items() if n}
