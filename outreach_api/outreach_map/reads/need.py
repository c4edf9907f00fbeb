"""Who lives where: the imported population in force, on 250 m cells, so that every level adds up to the same."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sqlalchemy.orm import Session

from outreach_api.outreach_map.population import counted_target
from outreach_api.outreach_map.reads.populations import NEWEST, people_of
from outreach_api.storage.area import PopulationImport
from schemas.vocabulary import TargetPopulation

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

# A mesh code of 250 m divided by this, without its rest, is that of the level: digits are cut off.
DIVISOR = {250: 1, 500: 10, 1_000: 100}

Basis = Literal["target", "total"]


@dataclass(frozen=True, slots=True)
class Need:
    """People by 250 m cell, weighted with the share that counts. `targets` is None where the import knows no wanted ones.

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


def need(session: Session, wanted: TargetPopulation) -> Need | None:
    """The population in force, with the target people that are wanted; None before the first import.

    An import never changes, only which one is in force, so the last few are kept in memory: reading 4,000 cells
    costs more than everything that is reckoned from them.
    """
    newest = session.scalar(NEWEST)
    if newest is None:
        return None
    known = _known.get((newest, wanted))
    if known is None:
        known = _read(session, session.get_one(PopulationImport, newest), wanted)
        with _keeping:
            while len(_known) >= _KNOWN_MOST:
                _known.pop(next(iter(_known)))
            _known[newest, wanted] = known
    return known


_known: dict[tuple[uuid.UUID, TargetPopulation], Need] = {}
_KNOWN_MOST = 4
_keeping = threading.Lock()


def _read(session: Session, found: PopulationImport, wanted: TargetPopulation) -> Need:
    counted = counted_target(found.targets, wanted)
    people = people_of(session, found, counted)
    return Need(
        found.id,
        found.label,
        found.cell_metres,
        "" if counted is None else found.targets[counted],
        _by_cell(people.cells, people.totals),
        None if counted is None else _by_cell(people.cells, people.targets),
    )


def _by_cell(cells: npt.NDArray[np.int64], people: npt.NDArray[np.float64]) -> dict[int, float]:
    """Only cells of which something is known: unknown is not 0."""
    known = people == people  # NaN is not itself
    return dict(zip(cells[known].tolist(), people[known].tolist(), strict=True))
