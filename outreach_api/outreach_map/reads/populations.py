"""Imported populations as they are reckoned with: arrays of 250 m cells, so that a whole country is read in seconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.storage.area import PopulationCell, PopulationImport

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

# By level in metres: what a code is multiplied with, and the digits of the 250 m cells within, ascending.
_BASE_CELLS = {
    250: (1, (0,)),
    500: (10, (1, 2, 3, 4)),
    1_000: (100, tuple(10 * half + quarter for half in (1, 2, 3, 4) for quarter in (1, 2, 3, 4))),
}
_ROWS_AT_ONCE = 20_000

_I = PopulationImport.__table__.c
NEWEST = sa.select(_I.id).where(_I.undone_at.is_(None)).order_by(_I.change_no.desc()).limit(1)


@dataclass(frozen=True, slots=True)
class People:
    """By 250 m cell, ascending, weighted with the share that counts. NaN is unknown, not 0."""

    cells: npt.NDArray[np.int64]
    totals: npt.NDArray[np.float64]
    targets: npt.NDArray[np.float64]


def in_force(session: Session) -> PopulationImport | None:
    """The newest import that was not undone."""
    newest = session.scalar(NEWEST)
    return None if newest is None else session.get(PopulationImport, newest)


def people_of(session: Session, entry: PopulationImport, target: str | None) -> People:
    """Residents of an import, and its target people by a word of population.TARGETS (None: all unknown).

    As population.cell_totals, cell_targets and spread reckon unit by unit (a test compares them): what merged cells
    have together is split by their residents, and a larger cell's people are spread evenly over its 250 m cells.
    """
    import numpy as np

    counted = sa.null() if target is None else getattr(PopulationCell, target)
    columns = (PopulationCell.mesh, PopulationCell.unit, PopulationCell.total, PopulationCell.share, counted)
    cells_of = sa.select(*columns).where(PopulationCell.import_id == entry.id).order_by(PopulationCell.mesh)
    found = session.connection().execute(cells_of.execution_options(yield_per=_ROWS_AT_ONCE))
    # In parts: a nation's rows as Python objects are 700 MB. Codes have ten digits, which a float holds exactly.
    parts = [np.array(list(zip(*rows, strict=True)), dtype=np.float64) for rows in found.partitions()]
    mesh, unit, totals, shares, said = np.concatenate([np.zeros((len(columns), 0)), *parts], axis=1)
    cells, units = mesh.astype(np.int64), unit.astype(np.int64)
    known, stated = np.nan_to_num(totals), ~np.isnan(said)
    whole = np.bincount(units, known)[units]
    together = np.bincount(units)[units]
    part = np.divide(known, whole, out=1 / together, where=whole > 0)
    of_unit = np.where(np.bincount(units, stated) > 0, np.bincount(units, np.nan_to_num(said)), np.nan)
    shift, digits = _BASE_CELLS[entry.cell_metres]

    def spread(people: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.repeat(people * shares / len(digits), len(digits))

    base = (cells[:, None] * shift + np.array(digits)).ravel()
    return People(base, spread(totals), spread(of_unit[units] * part))
