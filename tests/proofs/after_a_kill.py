"""What a database that lived through kills must hold: all that phones were told, once, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.ledger import counter, held_anew, recount
from outreach_api.storage import copies
from outreach_api.storage.ledger import Receipt, Rejection
from outreach_api.storage.session import Database
from outreach_api.storage.visits import Visit
from schemas.vocabulary import VisitStatus
from tests.proofs.phones import Phone
from tests.proofs.recorded_day import APPENDED


def examine(database: Database, phones: Sequence[Phone]) -> list[str]:
    """What is wrong with a database when every operation of these phones has been answered."""
    try:
        with database.read() as session:
            return [*_damage(database), *_differences(session, phones)]
    finally:
        database.close()


def _damage(database: Database) -> Iterator[str]:
    """By each database's own means; PostgreSQL has them where its contributed modules are installed."""
    if database.is_sqlite:
        try:
            copies.check(Path(str(database.url.database)))
        except copies.CopyError as fault:
            yield str(fault)
        return
    with database.engine.connect() as connection:
        known = "SELECT count(*) FROM pg_available_extensions WHERE name = 'amcheck'"
        if not connection.exec_driver_sql(known).scalar():
            return
        connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS amcheck")
        ours = "c.relnamespace = 'public'::regnamespace"
        tables = f"SELECT m.* FROM pg_class c, verify_heapam(c.oid) m WHERE c.relkind = 'r' AND {ours}"
        yield from (f"damaged: {row}" for row in connection.exec_driver_sql(tables))
        indexes = (
            "SELECT bt_index_check(c.oid, true) FROM pg_class c JOIN pg_am a ON a.oid = c.relam"
            f" WHERE c.relkind = 'i' AND a.amname = 'btree' AND {ours}"
        )
        try:
            connection.exec_driver_sql(indexes)
        except sa.exc.DBAPIError as fault:
            yield f"damaged: {fault.orig}"


def _differences(session: Session, phones: Sequence[Phone]) -> Iterator[str]:
    told = {told.op_id: told for phone in phones for told in phone.told.values()}
    receipts = {row.op_id: tuple(row) for row in session.execute(_RECEIPTS)}
    lost = [one for one in told.values() if receipts.get(one.op_id) != (one.op_id, one.result, one.change_no)]
    if lost:
        yield f"{len(lost)} acknowledged operations LOST"
    if receipts.keys() - told.keys():
        yield f"{len(receipts.keys() - told.keys())} receipts of operations that nobody sent"
    for kind, table in APPENDED.items():
        entered = sorted(
            one.entity_id for one in told.values() if (one.kind, one.result) == (kind, "applied")
        )
        there = sorted(session.scalars(sa.select(table.id)))
        if there != entered:
            yield f"{kind}: {len(there)} rows for {len(entered)} operations"
    visits = {row.id: row.status for row in session.execute(sa.select(Visit.id, Visit.status))}
    for kind, found in (
        ("visit.open", visits.keys()),
        ("visit.close", {visit for visit, status in visits.items() if status == VisitStatus.CLOSED}),
    ):
        if {one.entity_id for one in told.values() if one.kind == kind} != found:
            yield f"{kind} and the visits that are there differ"
    letters = {tuple(row) for row in session.execute(sa.select(Rejection.op_id, Rejection.state))}
    if letters != {(one.op_id, "open") for one in told.values() if one.result != "applied"}:
        yield "the dead letters are not what was refused"
    wrong = [*recount.differences(session), *held_anew.differences(session)]
    if wrong:
        yield f"{len(wrong)} totals differ from a recount"
    shown = max((number for phone in phones for _, number in phone.seen), default=0)
    if shown > counter.current(session)[0]:
        yield "the counter went back"


_RECEIPTS = sa.select(Receipt.op_id, Receipt.status, Receipt.change_no)
