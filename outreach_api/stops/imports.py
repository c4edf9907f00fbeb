"""Imports the stops of a file through the write path: all of them, or the good ones if that was asked for."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.clock import utc_now
from outreach_api.kernel.csv_cells import write_csv
from outreach_api.kernel.ids import derived
from outreach_api.ledger.kinds import Actor, Operation, Registry, Work
from outreach_api.ledger.outcomes import Ending, Outcome
from outreach_api.ledger.perform import Ready, perform, read
from outreach_api.messages import say
from outreach_api.settings import Settings
from outreach_api.stops.csv_columns import REASONS
from outreach_api.stops.csv_rows import BadCell, Row, StopsFile, column_at
from outreach_api.stops.operations import ADD_STOP, GRANT_PERMISSION
from outreach_api.stops.placing import placed
from outreach_api.storage.bulk import CHUNK
from outreach_api.storage.keyring import Keyring
from outreach_api.storage.session import Database
from outreach_api.storage.stops import Stop

_KINDS = Registry((ADD_STOP, GRANT_PERMISSION))


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of it. `bad` lines are not in the database; without `partial`, then nothing is."""

    added: int = 0
    unchanged: int = 0
    permissions: int = 0
    bad: tuple[Row, ...] = ()
    notes: tuple[BadCell, ...] = ()
    """What stands and should be looked at: positions that a gazetteer gave, stops that may be there already."""


class _Refused(Exception):
    """Rolls the whole transaction back, so that no receipt of a refusal stands in the way of a mended file."""

    def __init__(self, rows: list[Row]) -> None:
        super().__init__(f"{len(rows)} lines")
        self.rows = rows


def import_stops(
    database: Database,
    keyring: Keyring,
    settings: Settings,
    actor: Actor,
    file: StopsFile,
    *,
    partial: bool = False,
) -> Imported:
    """Add the stops and permissions of a file that was read without faults of its own.

    Each operation's id follows from its content: the same line imported twice is one stop, and a line that
    got another permission adds that permission to its stop. Where a gazetteer says that an address is, is no part
    of its line: a stop that was added so stays where it is.
    """
    with database.read() as session:
        rows = placed(session, file.rows)
    bad = {row.line: row for row in rows if row.faults}
    while True:
        good = [row for row in rows if row.line not in bad]
        # Bad lines don't hide what the database has against the others: those are tried, and rolled back.
        only_try = bool(bad) and not partial
        try:
            done = _perform(database, keyring, settings, actor, good, only_try=only_try)
        except _Refused as refused:
            bad |= {row.line: row for row in refused.rows}
            if not partial:
                return Imported(bad=_in_order(bad))
        else:
            return replace(done, bad=_in_order(bad))


def _in_order(bad: dict[int, Row]) -> tuple[Row, ...]:
    return tuple(bad[line] for line in sorted(bad))


def _perform(
    database: Database,
    keyring: Keyring,
    settings: Settings,
    actor: Actor,
    rows: Sequence[Row],
    *,
    only_try: bool,
) -> Imported:
    ready: list[Ready] = []
    owners: list[Row] = []
    with database.read() as session:
        there = _there_already(session, rows)
    for row in rows:
        operations = _operations(row, there)
        ready += read(operations, actor=actor, kinds=_KINDS, hash_key=keyring.secret("receipts"))
        owners += [row] * len(operations)
    with database.write() as session:
        outcomes = perform(Work(session, actor, utc_now(), settings, keyring), ready)
        refused: dict[int, Row] = {}
        for row, item, outcome in zip(owners, ready, outcomes, strict=True):
            if not outcome.stands:
                before = refused.get(row.line, row)
                refused[row.line] = replace(
                    before, faults=(*before.faults, *_faults(row.line, item.operation, outcome))
                )
        if refused or only_try:
            raise _Refused(list(refused.values()))
    stops = [
        (row, outcome)
        for row, item, outcome in zip(owners, ready, outcomes, strict=True)
        if item.operation.kind == ADD_STOP.name
    ]
    added = _fresh([outcome for _, outcome in stops])
    notes = [
        note for row, outcome in stops if outcome.ending is Ending.APPLIED for note in _notes(row, outcome)
    ]
    return Imported(added, len(rows) - added, _fresh(outcomes) - added, notes=tuple(notes))


def _there_already(session: Session, rows: Sequence[Row]) -> set[uuid.UUID]:
    """The stops of lines whose position is not in the file, that an earlier import added."""
    ids = [_stop_id(row) for row in rows if row.place]
    found: set[uuid.UUID] = set()
    for start in range(0, len(ids), CHUNK):
        found |= set(session.scalars(sa.select(Stop.id).where(Stop.id.in_(ids[start : start + CHUNK]))))
    return found


def _notes(row: Row, outcome: Outcome) -> Iterator[BadCell]:
    if row.place:
        precision = row.place["position_precision"]
        yield BadCell(row.line, "address", "stop_placed_by_list", {"precision": precision})
    for warning in outcome.warnings:
        yield BadCell(row.line, "name", warning.code, warning.params)


def _fresh(outcomes: Sequence[Outcome]) -> int:
    return sum(outcome.ending is Ending.APPLIED for outcome in outcomes)


def _stop_id(row: Row) -> uuid.UUID:
    return derived("stops csv", ADD_STOP.name, _canonical(row.stop))


def _operations(row: Row, there: Collection[uuid.UUID]) -> list[Operation]:
    stop_id = _stop_id(row)
    made = []
    if stop_id not in there:
        made.append(Operation(stop_id, ADD_STOP.name, ADD_STOP.v, stop_id, {**row.stop, **row.place}))
    if row.permission is not None:
        permission = {**row.permission, "stop_id": str(stop_id)}
        op_id = derived("stops csv", GRANT_PERMISSION.name, _canonical(permission))
        made.append(Operation(op_id, GRANT_PERMISSION.name, GRANT_PERMISSION.v, op_id, permission))
    return made


def _canonical(payload: dict[str, object]) -> str:
    return orjson.dumps(payload, option=orjson.OPT_SORT_KEYS).decode()


def _faults(line: int, operation: Operation, outcome: Outcome) -> list[BadCell]:
    if outcome.code == "stop_code_taken":
        return [BadCell(line, "code", "stop_known", {}, str(operation.payload["code"]))]
    if operation.kind == GRANT_PERMISSION.name and outcome.code == "not_found":
        return []  # its stop was refused, which is the fault to tell
    part = "stop" if operation.kind == ADD_STOP.name else "permission"
    found = [BadCell(line, column_at(part, p.path), p.code, p.params) for p in outcome.problems]
    return found or [BadCell(line, "", outcome.code or "refused", outcome.params)]


def bad_lines_csv(file: StopsFile, bad: Sequence[Row]) -> str:
    """The bad lines as they were, with a last column that says what is wrong: to be mended and imported again."""
    kept = [place for place, name in enumerate(file.header) if name not in (REASONS.name, REASONS.label)]
    rows = []
    for row in bad:
        reasons = [_reason(fault) for fault in row.faults]
        beyond = [cell for cell in row.cells[len(file.header) :] if cell]
        if beyond:
            reasons.append("…: " + ", ".join(beyond))
        cells = [row.cells[place] if place < len(row.cells) else "" for place in kept]
        rows.append([*cells, " / ".join(reasons)])
    return write_csv(rows, [*(file.header[place] for place in kept), REASONS.name], bom=True)


def _reason(fault: BadCell) -> str:
    said = f"{say(fault.code, 'ja', fault.params)} {say(fault.code, 'en', fault.params)}"
    return f"{fault.column}: {said}" if fault.column else said
