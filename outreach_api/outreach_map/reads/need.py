"""Who lives where: the imported population in force, on 250 m cells, so that every level adds up to the same."""

from __future__ import annotations

import threading
import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.outreach_map.population import Unit, cell_targets, cell_totals, spread
from outreach_api.storage.area import PopulationCell, PopulationImport

BASE_METRES = 250
# A mesh code of 250 m divided by this, without its rest, is that of the level: digits are cut off.
DIVISOR = {250: 1, 500: 10, 1_000: 100}

Basis = Literal["target", "total"]


@dataclass(frozen=True, slots=True)
class Need:
    """People by 250 m cell, weighted with the share that counts. `targets` is None where the file has none.

    Shared between requests: nobody may change its dictionaries.
    """

    import_id: uuid.UUID
    label: str
    metres: int
    target_label: str
    totals: Mapping[int, float]
    targets: Mapping[int, float] | None

    @property
    def basis(self) -> Basis:
        """Whom coverage counts: the target people (such as children), or all residents if only those are known."""
        return "total" if self.targets is None else "target"

    @property
    def people(self) -> Mapping[int, float]:
        return self.totals if self.targets is None else self.targets


_I = PopulationImport.__table__.c
_NEWEST = sa.select(_I.id).where(_I.undone_at.is_(None)).order_by(_I.change_no.desc()).limit(1)


def in_force(session: Session) -> PopulationImport | None:
    """The newest import that was not undone."""
    newest = session.scalar(_NEWEST)
    return None if newest is None else session.get(PopulationImport, newest)


def need(session: Session) -> Need | None:
    """The population in force; None before the first import.

    An import never changes, only which one is in force, so the last few are kept in memory: reading 4,000 cells
    costs more than everything that is reckoned from them.
    """
    newest = session.scalar(_NEWEST)
    if newest is None:
        return None
    known = _known.get(newest)
    if known is None:
        known = _read(session, session.get_one(PopulationImport, newest))
        with _keeping:
            while len(_known) >= _KNOWN_MOST:
                _known.pop(next(iter(_known)))
            _known[newest] = known
    return known


_known: dict[uuid.UUID, Need] = {}
_KNOWN_MOST = 4
_keeping = threading.Lock()


def _read(session: Session, found: PopulationImport) -> Need:
    units = imported_units(session, found.id)
    return Need(
        found.id,
        found.label,
        found.cell_metres,
        found.target_label,
        spread(cell_totals(units), BASE_METRES),
        spread(cell_targets(units), BASE_METRES) if found.target_label else None,
    )


def imported_units(session: Session, import_id: uuid.UUID) -> list[Unit]:
    """The units of an import as they were read: a merged unit's target stands with one of its cells."""
    columns = (
        PopulationCell.unit,
        PopulationCell.mesh,
        PopulationCell.total,
        PopulationCell.target,
        PopulationCell.share,
    )
    cells = sa.select(*columns).where(PopulationCell.import_id == import_id)
    by_unit = defaultdict(list)
    for row in session.execute(cells.order_by(PopulationCell.unit, PopulationCell.mesh)):
        by_unit[row.unit].append(row)
    return [
        Unit(
            cells=tuple(row.mesh for row in rows),
            totals=tuple(row.total for row in rows),
            target=next((row.target for row in rows if row.target is not None), None),
            inside=tuple(row.share for row in rows),
        )
        for rows in by_unit.values()
    ]
