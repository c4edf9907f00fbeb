"""Keeps imported sets of areas: all of them or nothing, versioned, undone as a whole, as populations are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.ids import new_id
from outreach_api.ledger.counter import ChangeNumbers
from outreach_api.outreach_map.areas import AreaTable
from outreach_api.outreach_map.imports import Source, undo_import
from outreach_api.outreach_map.rules.inside import cells_inside
from outreach_api.storage.area import Area, AreaSet
from outreach_api.storage.bulk import append_values
from schemas.vocabulary import AreaKind


def keep_areas(
    session: Session,
    table: AreaTable,
    *,
    name: str,
    kind: AreaKind,
    within: str | None,
    source: Source,
    now: dt.datetime,
) -> AreaSet | None:
    """Put areas that were read without errors in force; None when the same files, read the same way, are already."""
    import numpy as np

    before = set_in_force(session, name)
    way = (source.sha256, kind, within, len(table.areas))
    if before is not None and (before.file_sha256, before.kind, before.within, before.areas) == way:
        return None
    areas = [table.areas[code] for code in sorted(table.areas)]
    numbers = ChangeNumbers(session)
    entry = AreaSet(
        id=new_id(),
        name=name,
        kind=kind,
        within=within,
        areas=len(areas),
        corners=sum(len(ring) for area in areas for rings in area.polygons for ring in rings),
        file_name=source.names,
        file_sha256=source.sha256,
        imported_at=now,
        undone_at=None,
        change_no=numbers.next(),
    )
    session.add(entry)
    session.flush()
    inside = cells_inside([area.polygons for area in areas])
    cuts = np.searchsorted(inside.owners, np.arange(1, len(areas)))
    cells = np.split(inside.cells.astype("<i8"), cuts)
    places = np.split(inside.places.astype("<u2"), cuts)
    rows = [
        (entry.id, area.code, area.name, area.geometry, cells[number].tobytes(), places[number].tobytes())
        for number, area in enumerate(areas)
    ]
    append_values(session, Area, ("set_id", "code", "name", "geometry", "cells", "places"), rows)
    numbers.store()
    return entry


def set_in_force(session: Session, name: str) -> AreaSet | None:
    """Of a name, the newest set that was not undone."""
    newest = sa.select(AreaSet).where(AreaSet.undone_at.is_(None), AreaSet.name == name)
    return session.scalar(newest.order_by(AreaSet.change_no.desc()).limit(1))


def undo_areas(session: Session, now: dt.datetime, name: str | None = None) -> AreaSet | None:
    """Take the newest set (of a name) out of force; the one of its name before it is in force again."""
    newest = sa.select(AreaSet).where(AreaSet.undone_at.is_(None)).order_by(AreaSet.change_no.desc())
    entry = session.scalar((newest if name is None else newest.where(AreaSet.name == name)).limit(1))
    if entry is not None:
        undo_import(session, entry, now)
    return entry


def area_sets(session: Session) -> Sequence[AreaSet]:
    """All imports, the newest first, undone ones among them."""
    return session.scalars(sa.select(AreaSet).order_by(AreaSet.imported_at.desc(), AreaSet.id)).all()
