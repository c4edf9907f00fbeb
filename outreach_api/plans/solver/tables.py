"""A shift as NumPy tables: what the engines look up instead of asking problem.py place by place."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from outreach_api.plans.solver.problem import Problem
from outreach_api.plans.solver.spacing import days_too_close

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

# Later than every minute of a day.
NEVER = 1 << 20


def _nearest_home(problem: Problem, legs: Ints) -> Ints:
    """Fewest minutes from each place home, through others where that is shorter: drives of two sources may say so."""
    stays = np.array([place.stay for place in problem.places], dtype=np.int32)
    size = len(stays)
    home: Ints = legs[:size, problem.end].copy()
    while size:
        nearer = np.minimum(home, (legs[:size, :size] + stays + home).min(axis=1))
        if (nearer == home).all():
            break
        home = nearer
    return home


def _too_close(problem: Problem, number: int, day: int) -> bool:
    """Whether a visit that stands already is too near."""
    site = problem.places[number].site
    return site is not None and days_too_close(problem.sites[site], (), day) > 0


class ShiftTable:
    """Rows are the places that the shift can visit at all (`numbers` in the problem), then its start, then its end.

    Times are minutes since the shift's earliest start.
    """

    def __init__(
        self, problem: Problem, shift: int, numbers: Sequence[int], drives: Ints | None = None
    ) -> None:
        when = problem.shifts[shift]
        self.problem, self.shift = problem, shift
        self.since = when.earliest
        self.span = when.latest - when.earliest
        self.longest = when.longest
        self.pause = when.pause
        self.room = when.room
        if drives is None:
            drives = np.asarray(when.drives, dtype=np.int32)
        setup = np.array([*(place.setup for place in problem.places), 0, 0], dtype=np.int32)
        teardown = np.array([*(place.teardown for place in problem.places), 0, 0], dtype=np.int32)
        legs = drives + teardown[:, None] + setup[None, :]
        home = _nearest_home(problem, legs)
        kept = [
            number
            for number in numbers
            for windows in [problem.windows(number, shift)]
            if windows and not _too_close(problem, number, when.day)
            for stay in [problem.places[number].stay]
            for reached in [when.earliest + int(legs[problem.start, number])]
            if any(
                max(reached, o) + stay + home[number] <= when.latest and reached + stay <= c
                for o, c in windows
            )
        ]
        self.numbers = np.array(kept, dtype=np.intp)
        rows = np.array([*kept, problem.start, problem.end], dtype=np.intp)
        self.legs: Ints = legs[np.ix_(rows, rows)]
        self.drives: Ints = drives[np.ix_(rows, rows)]
        self.costs: Floats = self.drives.astype(np.float64) * problem.minute_price
        self.stays: Ints = np.array([problem.places[number].stay for number in kept], dtype=np.int32)
        self.teardowns: Ints = teardown[rows]
        self.nearest_home: Ints = home[np.array(kept, dtype=np.intp)]
        self.loads: Ints = np.array([problem.places[number].load for number in kept], dtype=np.int32)
        self.refills: Flags = np.array([problem.places[number].refills for number in kept], dtype=np.bool_)
        self.weights: Floats = np.array([problem.weight(number, shift) for number in kept], dtype=np.float64)
        most = max((len(problem.windows(number, shift)) for number in kept), default=0)
        self.opens: Ints = np.full((len(kept), most), NEVER, dtype=np.int32)
        self.lasts: Ints = np.full((len(kept), most), -NEVER, dtype=np.int32)
        for row, number in enumerate(kept):
            for column, (opens, closes) in enumerate(problem.windows(number, shift)):
                self.opens[row, column] = opens - when.earliest
                self.lasts[row, column] = closes - when.earliest - self.stays[row]

        sites = np.array([problem.places[number].site for number in kept], dtype=object)
        # A visit takes out its own row, and the rows of the same stop: not twice a day.
        self.excludes: Flags = np.eye(len(kept), dtype=np.bool_)
        for row, site in enumerate(sites):
            if site is not None:
                self.excludes[row] |= sites == site

    @property
    def size(self) -> int:
        return len(self.numbers)

    @property
    def start(self) -> int:
        return self.size

    @property
    def end(self) -> int:
        return self.size + 1

    @property
    def timed_only(self) -> bool:
        """Whether being free earlier is all that matters: no break, and no duration shorter than the shift."""
        return self.pause is None and self.longest >= self.span

    @cached_property
    def in_turn(self) -> bool:
        """Whether what is left on the van hangs on the order of its visits."""
        return self.room is not None and bool(self.refills.any())

    @cached_property
    def departures(self) -> Ints:
        """[row, arrival]: the earliest end of a stay there, NEVER when the day's windows are over."""
        arrivals = np.arange(self.span + 1, dtype=np.int32)
        done = np.full((self.size, self.span + 1), NEVER, dtype=np.int32)
        for column in range(self.opens.shape[1]):
            begin = np.maximum(arrivals[None, :], self.opens[:, column, None])
            reached = arrivals[None, :] <= self.lasts[:, column, None]
            ends = np.where(reached, begin + self.stays[:, None], NEVER)
            np.minimum(done, ends, out=done)
        return done

    @cached_property
    def row_of(self) -> dict[int, int]:
        """The row of each of the problem's numbers."""
        return {int(number): row for row, number in enumerate(self.numbers)}

    def worth(self, order: Sequence[int]) -> float:
        """Weights minus driving of an order by the problem's numbers."""
        if not order:
            return 0.0
        rows = [self.start, *(self.row_of[place] for place in order), self.end]
        return float(self.weights[rows[1:-1]].sum() - self.costs[rows[:-1], rows[1:]].sum())

    def places(self, rows: Sequence[int]) -> tuple[int, ...]:
        """The problem's numbers of rows."""
        return tuple(int(self.numbers[row]) for row in rows)


def shift_tables(problem: Problem, numbers: Sequence[int]) -> list[ShiftTable]:
    """A table for each shift; drives that shifts share are read once."""
    read: dict[int, Ints] = {}
    for shift in problem.shifts:
        if id(shift.drives) not in read:
            read[id(shift.drives)] = np.asarray(shift.drives, dtype=np.int32)
    return [
        ShiftTable(problem, number, numbers, read[id(shift.drives)])
        for number, shift in enumerate(problem.shifts)
    ]
