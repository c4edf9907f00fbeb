"""What files of populations hold once they are read, whoever published them: units of mesh cells, or their faults."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from outreach_api.kernel.mesh import children, level_of, parent
from schemas.vocabulary import TargetPopulation

OWN_TARGET = "target"
"""Whom a file itself calls the target: a CSV by its column of that name, e-Stat's by the label asked for."""
TARGETS: tuple[str, ...] = (OWN_TARGET, *(word.value for word in TargetPopulation))

# As row two of e-Stat's tables by mesh cell calls them (人口及び世帯 of 2015 and 2020, and those by age), the usual first.
CENSUS_LABELS: Mapping[TargetPopulation, tuple[str, ...]] = {
    TargetPopulation.CHILDREN_0_14: ("０～１４歳人口　総数", "０～１４歳人口", "１５歳未満人口　総数"),
    TargetPopulation.CHILDREN_0_5: ("０～５歳人口　総数", "０～５歳人口", "６歳未満人口　総数"),
    TargetPopulation.HOUSEHOLDS_UNDER_6: (
        "６歳未満世帯員のいる世帯数　一般世帯数",
        "６歳未満世帯員のいる一般世帯数",
        "６歳未満世帯員のいる世帯数",
    ),
}

PLAIN, RECEIVER, MERGED_AWAY = "0", "1", "2"


@dataclass(frozen=True, slots=True)
class Row:
    """One line: a cell, and (census only) whether its figures were merged with others': HTKSYORI, HTKSAKI, GASSAN."""

    file: str
    line: int
    cell: int
    total: float | None
    targets: Mapping[str, float | None]
    share: float = 1.0
    role: str = PLAIN
    receiver: str = ""
    gathered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unit:
    """Cells whose target populations are known only together; mostly one cell.

    `totals` are the residents of each cell, in the order of `cells`; None is unknown, not 0. `targets` are the
    people asked for (such as children) in all cells of the unit, by the words of TARGETS. `share` is the part of it
    that counts, 0 to 1; where an outline cuts the unit, `inside` has the part of each cell, and `share` goes on top.
    """

    cells: tuple[int, ...]
    totals: tuple[float | None, ...]
    targets: Mapping[str, float | None] = field(default_factory=dict, hash=False)
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
    file: str = ""


@dataclass(frozen=True, slots=True)
class PopulationTable:
    """Files that were read: their units or their errors, never both, so that nothing is half read.

    `targets` has the label, as the file writes it, of each target population that every file knows; `missing` the
    files that lack one which others know.
    """

    metres: int
    units: tuple[Unit, ...] = ()
    targets: Mapping[str, str] = field(default_factory=dict, hash=False)
    errors: tuple[TableError, ...] = ()
    missing: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)


def name_of_target(word: str) -> str:
    """What people call a target of TARGETS that has no label of its own."""
    return CENSUS_LABELS[TargetPopulation(word)][0] if word != OWN_TARGET else word


def counted_target(targets: Iterable[str], wanted: TargetPopulation) -> str | None:
    """Which of the known targets is counted: a file's own before the setting's; None where neither is known."""
    known = set(targets)
    return next((word for word in (OWN_TARGET, wanted) if word in known), None)


def cell_totals(units: Iterable[Unit]) -> dict[int, float]:
    """Residents by cell, weighted with the share that counts; cells of unknown number are left out."""
    totals: dict[int, float] = {}
    for unit in units:
        for cell, total, share in zip(unit.cells, unit.totals, unit.shares, strict=True):
            if total is not None:
                totals[cell] = totals.get(cell, 0.0) + total * share
    return totals


def cell_targets(units: Iterable[Unit], target: str) -> dict[int, float]:
    """A target population by cell, weighted with the share that counts; units of unknown target are left out.

    A unit's target is split over its cells in proportion to their residents (equally where nobody is known to
    live), so that the sum over cells is the sum over units.
    """
    targets: dict[int, float] = {}
    for unit in units:
        people = unit.targets.get(target)
        if people is None:
            continue
        known = [total or 0.0 for total in unit.totals]
        whole = sum(known)
        for cell, residents, share in zip(unit.cells, known, unit.shares, strict=True):
            part = residents / whole if whole else 1 / len(unit.cells)
            targets[cell] = targets.get(cell, 0.0) + people * share * part
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
