"""What a report on paper is made of: plain values, in one language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from outreach_api.messages import Language


class Row(NamedTuple):
    """One line of a table. `part`: of the figure above. Without a value and no part: a heading of parts."""

    label: str
    value: int | float | None
    unit: str
    unit_label: str
    part: bool = False
    heading: bool = False


class Section(NamedTuple):
    """`leading`: what the project is for, so it stands before all others."""

    title: str
    rows: Sequence[Row]
    leading: bool


class Series(NamedTuple):
    """A figure that is charted over the periods of the trend, oldest first."""

    label: str
    unit: str
    values: Sequence[int]


class Cell(NamedTuple):
    """`signed`: a difference, which is told with its sign."""

    value: int | float | None
    unit: str
    signed: bool = False


class Line(NamedTuple):
    label: str
    cells: Sequence[Cell]


class Grid(NamedTuple):
    title: str
    columns: Sequence[str]
    lines: Sequence[Line]


class Paper(NamedTuple):
    """Everything that stands on a report, in one language; plain text throughout."""

    lang: Language
    title: str
    name: str
    said_name: str
    days: str
    organisation: str
    internal: str
    as_of: str
    state: str
    made_at: dt.datetime
    headlines: Sequence[Row]
    periods: Sequence[str]
    trend: Sequence[Series]
    beside: Grid
    steps: Section
    grids: Sequence[Grid]
    changed_title: str
    changed: Sequence[str]
    sections: Sequence[Section]
    method: Sequence[str]
