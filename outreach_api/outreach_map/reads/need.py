"""Who lives where: the imported population in force, on 250 m cells, so that every level adds up to the same."""

from __future__ import annotations

import threading
import uuid
from dataclasses import dataclass
from typing import Literal

from sqlalchemy.orm import Session

from outreach_api.outreach_map.population import counted_target
from outreach_api.outreach_map.reads.populations import NEWEST, people_of
from outreach_api.outreach_map.rules.arrays import People
from outreach_api.outreach_map.rules.grid import Grid
from outreach_api.storage.area import PopulationImport
from schemas.vocabulary import TargetPopulation

Basis = Literal["target", "total"]


@dataclass(frozen=True, slots=True, eq=False)
class Need:
    """People by 250 m cell, weighted with the share that counts. `targets` is None where the import knows no wanted ones.

    Shared between requests, as is what finds its cells: nobody may change its arrays. A nation of 1.5 million cells
    takes about 60 MB.
    """

    import_id: uuid.UUID
    label: str
    metres: int
    target_label: str
    grid: Grid
    totals: People
    targets: People | None

    @property
    def basis(self) -> Basis:
        """Whom coverage counts: the target people (such as children), or all residents if only those are known."""
        return "total" if self.targets is None else "target"

    @property
    def people(self) -> People:
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
        Grid(people.cells),
        People.of(people.totals),
        None if counted is None else People.of(people.targets),
    )
