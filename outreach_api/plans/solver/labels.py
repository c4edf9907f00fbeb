"""Partial routes of one shift, many at once: what each label knows, how it grows by a place, which one beats which."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from outreach_api.plans.solver.tables import Flags, Floats, Ints, ShiftTable

Rows = npt.NDArray[np.intp]
Names = npt.NDArray[np.uint64]

# Of the pairs of label and row these, with free, left, slack, paused after a leg.
Part = tuple[Rows, Ints, Ints, Ints, Ints]

# How many sorted neighbours a label is compared with, where more than time decides.
_COMPARED = 8


@dataclass(slots=True)
class Labels:
    """Free at `free` when left at `left`, with `slack` and `paused` (schedule.Piece), `taken_out` of the van
    since it was full. `worth` is weights minus driving.

    `reduced` is `worth` minus the prices of the places; `taken` are rows that are visited or otherwise out; `name`
    stands for the set of visited rows; `parent` is the label's number one place earlier.
    """

    row: Rows
    free: Ints
    left: Ints
    slack: Ints
    paused: Ints
    taken_out: Ints
    worth: Floats
    reduced: Floats
    taken: Flags
    name: Names
    parent: Rows

    def __len__(self) -> int:
        return len(self.row)

    def only(self, kept: Rows | Flags) -> Labels:
        return Labels(*(getattr(self, name)[kept] for name in _COLUMNS))


_COLUMNS = tuple(field.name for field in fields(Labels))


def root(table: ShiftTable, taken: Flags) -> Labels:
    """The van in its yard, free to leave at any minute."""
    return Labels(
        row=np.array([table.start]),
        free=np.zeros(1, np.int32),
        left=np.zeros(1, np.int32),
        slack=np.full(1, table.span, np.int32),
        paused=np.zeros(1, np.int32),
        taken_out=np.zeros(1, np.int32),
        worth=np.zeros(1),
        reduced=np.zeros(1),
        taken=taken[None, :].copy(),
        name=np.zeros(1, np.uint64),
        parent=np.zeros(1, np.intp),
    )


def grown(table: ShiftTable, prices: Floats, names: Names, labels: Labels, which: Rows, rows: Rows) -> Labels:
    """Labels `which`, each by the place of its row, in every way worth keeping; those who can't get home are gone."""
    if table.room is not None:
        may: Flags = labels.taken_out[which] + table.loads[rows] <= table.room
        which, rows = which[may], rows[may]
    if table.timed_only or not table.size:
        leg = table.legs[labels.row[which], rows]
        free = table.departures[rows, np.minimum(labels.free[which] + leg, table.span)]
        zeros = np.zeros(len(rows), np.int32)
        parts = [(np.arange(len(rows)), free, zeros, zeros, zeros)]
    else:
        parts = list(_through_windows(table, labels, which, rows))
    picked, free, left, slack, paused = (np.concatenate(column) for column in zip(*parts, strict=True))
    home = free + table.nearest_home[rows[picked]]
    may = home <= table.span
    if not table.timed_only:
        may &= home - left <= table.longest
    picked = picked[may]
    which, rows = which[picked], rows[picked]
    worth = table.weights[rows] - table.costs[labels.row[which], rows]
    return Labels(
        row=rows,
        free=free[may].astype(np.int32),
        left=left[may].astype(np.int32),
        slack=slack[may].astype(np.int32),
        paused=paused[may].astype(np.int32),
        taken_out=np.where(table.refills[rows], 0, labels.taken_out[which] + table.loads[rows]),
        worth=labels.worth[which] + worth,
        reduced=labels.reduced[which] + worth - prices[rows],
        taken=labels.taken[which] | table.excludes[rows],
        name=labels.name[which] + names[rows],
        parent=labels.parent[which],
    )


def _through_windows(table: ShiftTable, labels: Labels, which: Rows, rows: Rows) -> Iterator[Part]:
    """As schedule.onward, without a break on the leg and with each: (which of the pairs, free, left, slack, paused)."""
    before = labels.row[which]
    everyone: Rows = np.arange(len(rows))
    free, left, slack = labels.free[which], labels.left[which], labels.slack[which]
    paused = labels.paused[which]
    reached: Ints = free + table.legs[before, rows]
    ways: list[Part] = [(everyone, reached, left, slack, paused)]
    if table.pause is not None:
        drive: Ints = table.drives[before, rows]
        away: Ints = free + table.teardowns[before] + drive
        earliest, latest = table.pause.earliest - table.since, table.pause.latest - table.since
        onward: Ints = table.legs[before, rows] - table.teardowns[before] - drive
        for _, minutes in table.pause.steps:
            last = latest + drive - minutes
            begin, gone, spare = _onward(away, left, slack, np.full_like(away, earliest), last)
            ready: Ints = begin + minutes + onward
            may = (away <= last) & (paused == 0) & (before != table.start)
            rested = np.full(int(may.sum()), minutes, np.int32)
            ways.append((everyone[may], ready[may], gone[may], spare[may], rested))
    for pairs, free, left, slack, paused in ways:
        row = rows[pairs]
        for column in range(table.opens.shape[1]):
            last = table.lasts[row, column]
            begin, gone, spare = _onward(free, left, slack, table.opens[row, column], last)
            may = free <= last
            yield pairs[may], (begin + table.stays[row])[may], gone[may], spare[may], paused[may]


def _onward(ready: Ints, left: Ints, slack: Ints, opens: Ints, last: Ints) -> tuple[Ints, Ints, Ints]:
    begin = np.maximum(ready, opens)
    gone = left + np.minimum(slack, np.maximum(0, opens - ready))
    return begin, gone, np.maximum(0, np.minimum(ready + slack, last) - begin)


def undominated(table: ShiftTable, labels: Labels) -> Rows:
    """Those that no label of the same set and the same last place beats in worth and in time."""
    order = np.lexsort((labels.free, -labels.worth, labels.row, labels.name))
    name, row = labels.name[order], labels.row[order]
    new = np.ones(len(order), np.bool_)
    new[1:] = (name[1:] != name[:-1]) | (row[1:] != row[:-1])
    group: Rows = np.cumsum(new)
    if not table.timed_only or table.in_turn:
        return np.sort(order[~_beaten(labels.only(order), group)])
    # Later groups lie lower by more than a day, so that the running minimum starts anew with each.
    height = labels.free[order].astype(np.int64) - group * (1 << 22)
    before = np.minimum.accumulate(height)
    beaten = np.zeros(len(order), np.bool_)
    beaten[1:] = ~new[1:] & (height[1:] >= before[:-1])
    return np.sort(order[~beaten])


def _beaten(labels: Labels, group: Rows) -> Flags:
    """Dominance as in schedule.py, against the few labels that stand before in the sorted group."""
    beaten = np.zeros(len(labels), np.bool_)
    for back in range(1, min(_COMPARED, len(labels) - 1) + 1):
        a, b = slice(None, -back), slice(back, None)
        later = labels.free[b] - labels.free[a]
        beaten[b] |= (
            (group[a] == group[b])
            & (labels.worth[a] >= labels.worth[b])
            & (later >= 0)
            & (labels.paused[a] >= labels.paused[b])
            & (labels.taken_out[a] <= labels.taken_out[b])
            & (labels.left[a] + np.minimum(labels.slack[a], later) >= labels.left[b])
            & (labels.left[a] + labels.slack[a] >= labels.left[b] + labels.slack[b])
        )
    return beaten
