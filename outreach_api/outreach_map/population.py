"""What a file of populations holds once it is read, whoever published it: units of mesh cells, or its faults."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from outreach_api.kernel.mesh import children, level_of, parent


@dataclass(frozen=True, slots=True)
class Unit:
    """Cells whose target population is known only together; mostly one cell.

    `totals` are the residents of each cell, in the order of `cells`; None is unknown, not 0. `target` are the
    people asked for (such as children) in all cells of the unit. `share` is the part of it that counts, 0 to 1;
    where an outline cuts the unit, `inside` has the part of each cell, and `share` goes on top of it.
    """

    cells: tuple[int, ...]
    totals: tuple[float | None, ...]
    target: float | None
    share: float = 1.0
    inside: tuple[float, ...] | None = None

    @property
    def shares(self) -> tuple[float, ...]:
        """The part of each cell that counts, 0 to 1."""
        return tuple(self.share * part for part in self.inside or (1.0,) * len(self.cells))

    @property
    def total(self) -> float | None:
        """Residents of the whole unit; unknown as soon as one cell is."""
        known = [total for total in self.totals if total is not None]
        return sum(known) if len(known) == len(self.totals) else None


@dataclass(frozen=True, slots=True)
class TableError:
    """A fault in a file: line counted from 1 as an editor does, 0 for the whole file; the column's name or ""."""

    line: int
    column: str
    code: str
    params: Mapping[str, object] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class PopulationTable:
    """A file that was read: its units or its errors, never both, so that nothing is half read."""

    metres: int
    units: tuple[Unit, ...] = ()
    target_label: str = ""
    errors: tuple[TableError, ...] = ()


def cell_totals(units: Iterable[Unit]) -> dict[int, float]:
    """Residents by cell, weighted with the share that counts; cells of unknown number are left out."""
    totals: dict[int, float] = {}
    for unit in units:
        for cell, total, share in zip(unit.cells, unit.totals, unit.shares, strict=True):
            if total is not None:
                totals[cell] = totals.get(cell, 0.0) + total * share
    return totals


def cell_targets(units: Iterable[Unit]) -> dict[int, float]:
    """Target population by cell, weighted with the share that counts; units of unknown target are left out.

    A unit's target is split over its cells in proportion to their residents (equally where nobody is known to
    live), so that the sum over cells is the sum over units.
    """
    targets: dict[int, float] = {}
    for unit in units:
        if unit.target is None:
            continue
        known = [total or 0.0 for total in unit.totals]
        whole = sum(known)
        for cell, residents, share in zip(unit.cells, known, unit.shares, strict=True):
            part = residents / whole if whole else 1 / len(unit.cells)
            targets[cell] = targets.get(cell, 0.0) + unit.target * share * part
    return targets


def spread(values: Mapping[int, float], metres: int) -> dict[int, float]:
    """The same people on cells of another level (metres): sums are kept.

    Up, cells are summed into their parent. Down, a cell's value goes to its children in equal parts, as nothing
    says where in it people live: fine for sums over discs, too smooth for one child cell. Raises InvalidMesh.
    """
    moved: dict[int, float] = {}
    for cell, value in values.items():
        own = level_of(cell)
        if own == metres:
            targets: tuple[int, ...] = (cell,)
        else:
            targets = children(cell, metres) if own > metres else (parent(cell, metres),)
        for target in targets:
            moved[target] = moved.get(target, 0.0) + value / len(targets)
    return moved
