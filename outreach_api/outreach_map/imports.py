"""Keeps imported populations and outlines: all of a file or nothing, versioned, undone as a whole.

Each import and each undoing takes a change number, so that a map that somebody has seen is known to be stale.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.ids import new_id
from outreach_api.kernel.mesh import parent
from outreach_api.ledger.counter import ChangeNumbers
from outreach_api.outreach_map.outlines import NamedOutline
from outreach_api.outreach_map.population import TARGETS, PopulationTable
from outreach_api.outreach_map.reads.populations import in_force
from outreach_api.outreach_map.table_file import Unzipped
from outreach_api.storage.area import AreaSet, Boundary, PopulationCell, PopulationImport
from outreach_api.storage.bulk import append_values
from outreach_api.storage.stops import Stop


@dataclass(frozen=True, slots=True)
class Source:
    """The files that were handed in together: their names, and the hash by which they are known when they come again."""

    names: str
    sha256: str

    @classmethod
    def of(cls, files: Sequence[Unzipped]) -> Source:
        hashes = sorted(hashlib.sha256(data).hexdigest() for _, data in files)
        whole = hashes[0] if len(hashes) == 1 else hashlib.sha256("".join(hashes).encode()).hexdigest()
        return cls(", ".join(name for name, _ in files), whole)


@dataclass(frozen=True, slots=True)
class Kept:
    """An import in force; `again` when the same files, read the same way, were in force before."""

    entry: PopulationImport
    again: bool = False


def keep_population(
    session: Session,
    table: PopulationTable,
    *,
    label: str,
    source: Source,
    boundary_code: str | None,
    now: dt.datetime,
) -> Kept:
    """Put a table that was read without errors in force."""
    before = in_force(session)
    way = (source.sha256, table.targets, boundary_code)
    if before is not None and (before.file_sha256, before.targets, before.boundary_code) == way:
        return Kept(before, again=True)
    numbers = ChangeNumbers(session)
    entry = PopulationImport(
        id=new_id(),
        label=label,
        file_name=source.names,
        file_sha256=source.sha256,
        cell_metres=table.metres,
        targets=dict(table.targets),
        boundary_code=boundary_code,
        imported_at=now,
        change_no=numbers.next(),
    )
    session.add(entry)
    session.flush()
    rows = [
        (
            entry.id,
            cell,
            number,
            total,
            share,
            # Known for all cells of the unit together: they stand once, so that a sum over rows is right.
            *(unit.targets.get(word) if place == 0 else None for word in TARGETS),
        )
        for number, unit in enumerate(table.units)
        for place, (cell, total, share) in enumerate(zip(unit.cells, unit.totals, unit.shares, strict=True))
    ]
    append_values(session, PopulationCell, ("import_id", "mesh", "unit", "total", "share", *TARGETS), rows)
    numbers.store()
    return Kept(entry)


def lies_elsewhere(session: Session, table: PopulationTable) -> bool:
    """Whether there are stops, but none in any cell: most likely a file of another part of the country."""
    cells = {cell for unit in table.units for cell in unit.cells}
    meshes = session.scalars(sa.select(Stop.mesh)).all()
    return bool(meshes) and not any(parent(mesh, table.metres) in cells for mesh in meshes)


def undo_population(session: Session, now: dt.datetime) -> PopulationImport | None:
    """Take the import in force out of force; the one before it is in force again. None when there is none."""
    entry = in_force(session)
    if entry is not None:
        undo_import(session, entry, now)
    return entry


def populations(session: Session) -> Sequence[PopulationImport]:
    """All imports, the newest first, undone ones among them."""
    newest_first = sa.select(PopulationImport).order_by(PopulationImport.imported_at.desc())
    return session.scalars(newest_first.order_by(PopulationImport.id)).all()


def keep_boundary(session: Session, named: NamedOutline, *, source: Source, now: dt.datetime) -> bool:
    """Put an outline in force; False when the same file is in force for its code."""
    before = boundary(session, named.code)
    if before is not None and (before.file_sha256, before.name) == (source.sha256, named.name):
        return False
    numbers = ChangeNumbers(session)
    session.add(
        Boundary(
            id=new_id(),
            code=named.code,
            name=named.name,
            geometry=named.geometry,
            file_name=source.names,
            file_sha256=source.sha256,
            imported_at=now,
            change_no=numbers.next(),
        )
    )
    session.flush()
    numbers.store()
    return True


def undo_boundary(session: Session, now: dt.datetime, code: str | None = None) -> Boundary | None:
    """Take the newest outline (of a code) out of force. None when there is none."""
    entry = boundary(session, code)
    if entry is not None:
        undo_import(session, entry, now)
    return entry


def boundary(session: Session, code: str | None = None) -> Boundary | None:
    """The newest outline that was not undone, of a code if one is given."""
    newest = sa.select(Boundary).where(Boundary.undone_at.is_(None)).order_by(Boundary.change_no.desc())
    return session.scalar((newest if code is None else newest.where(Boundary.code == code)).limit(1))


def boundaries(session: Session) -> Sequence[Boundary]:
    """All outlines, the newest first, undone ones among them."""
    return session.scalars(sa.select(Boundary).order_by(Boundary.imported_at.desc(), Boundary.id)).all()


def undo_import(session: Session, entry: PopulationImport | Boundary | AreaSet, now: dt.datetime) -> None:
    numbers = ChangeNumbers(session)
    entry.undone_at = now
    entry.change_no = numbers.next()
    session.flush()
    numbers.store()
