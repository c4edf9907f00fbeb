"""The map as a drawing: squares of 1 km in a frame of letters and numbers, without script and without a base map."""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from outreach_api.kernel.mesh import bounds_micro

_WIDE = 60.0
"""Of a square, in units of the drawing."""
_FRAME = 26.0
_SPARE = 3
"""Squares around those that were visited, where the census knows more than MOST_SQUARES."""
MOST_SQUARES = 400
RECENT_WEEKS = 6
"""A visit covers its surroundings for 42 days: outreach_map's default, and the words of the legend."""
_STEPS = (5, 10, 20, 25, 50, 100, 200, 250, 500, 1_000, 2_000, 2_500, 5_000, 10_000)
SHADES = 5
_MICRO = 1_000_000


@dataclass(frozen=True, slots=True)
class Square:
    """A cell with its place in the frame: column and row from the north-west, and the name that both give."""

    cell: dict[str, Any]
    column: int
    row: int

    @property
    def name(self) -> str:
        return f"{letters(self.column)}{self.row + 1}"


@dataclass(frozen=True, slots=True)
class Grid:
    squares: Sequence[Square]
    columns: int
    rows: int
    tall: float
    """Of a square, in units: a degree of longitude is shorter than one of latitude."""


def grid(cells: Iterable[dict[str, Any]]) -> Grid | None:
    """The squares to draw; None of nothing. Where the census covers more than a city, those around the visits."""
    found = [(cell, *_steps(cell["mesh1000"])) for cell in cells]
    if len(found) > MOST_SQUARES:
        seen = [(i, j) for cell, i, j in found if cell["weeks_since_visit"] is not None]
        if seen:
            south, north = min(i for i, _ in seen) - _SPARE, max(i for i, _ in seen) + _SPARE
            west, east = min(j for _, j in seen) - _SPARE, max(j for _, j in seen) + _SPARE
            found = [one for one in found if south <= one[1] <= north and west <= one[2] <= east]
    if not found:
        return None
    north, south = max(i for _, i, _ in found), min(i for _, i, _ in found)
    west, east = min(j for _, _, j in found), max(j for _, _, j in found)
    latitude = math.radians((north + south + 1) / 2 / 120)
    return Grid(
        [Square(cell, j - west, north - i) for cell, i, j in found],
        east - west + 1,
        north - south + 1,
        _WIDE * (80 / 120) / math.cos(latitude),
    )


def shade_step(cells: Iterable[dict[str, Any]]) -> int:
    """How many people make one shade: a round number of which five hold the most that came to a square."""
    most = max((cell["attendance"]["total"] for cell in cells), default=0)
    return next((step for step in _STEPS if step * SHADES >= most), _STEPS[-1])


def shade(people: int, step: int) -> int:
    """1 to 5."""
    return 1 + min(SHADES - 1, max(0, people - 1) // step)


def letters(column: int) -> str:
    """A to Z, then AA to AZ and so on."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def svg(drawn: Grid, alt: str) -> str:
    """The drawing; `alt` says it in words, and must not be escaped yet."""
    wide, tall = _FRAME + drawn.columns * _WIDE, _FRAME + drawn.rows * drawn.tall
    step = shade_step(square.cell for square in drawn.squares)
    most = max((square.cell["census"] or 0 for square in drawn.squares), default=0)
    parts = [
        f'<svg class="map" viewBox="0 0 {wide:.0f} {tall:.0f}" role="img" aria-label="{html.escape(alt)}">',
        f'<rect class="ground" x="0" y="0" width="{wide:.0f}" height="{tall:.0f}"/>',
    ]
    for column in range(drawn.columns):
        x = _FRAME + (column + 0.5) * _WIDE
        parts.append(f'<text class="frame" x="{x:.1f}" y="18">{letters(column)}</text>')
    for row in range(drawn.rows):
        y = _FRAME + (row + 0.5) * drawn.tall + 6
        parts.append(f'<text class="frame" x="13" y="{y:.1f}">{row + 1}</text>')
    # What was visited lies over its neighbours: its line must be whole.
    for square in sorted(drawn.squares, key=lambda one: _visited(one.cell)):
        parts += _square(square, drawn.tall, step, most)
    parts.append("</svg>")
    return "\n".join(parts)


def _visited(cell: dict[str, Any]) -> int:
    """2: in the period, 1: before it, 0: never."""
    return 2 if cell["visits"] > 0 else int(cell["weeks_since_visit"] is not None)


def _square(square: Square, tall: float, step: int, most: int) -> Iterable[str]:
    cell, visited = square.cell, _visited(square.cell)
    x, y = _FRAME + square.column * _WIDE, _FRAME + square.row * tall
    kinds = ["square"]
    if visited == 2:
        kinds.append(f"shade{shade(cell['attendance']['total'], step)}")
    if visited:
        kinds.append("recent" if cell["weeks_since_visit"] <= RECENT_WEEKS else "past")
    yield f'<rect class="{" ".join(kinds)}" x="{x:.1f}" y="{y:.1f}" width="{_WIDE:.1f}" height="{tall:.1f}"/>'
    middle_x, middle_y = x + _WIDE / 2, y + tall / 2
    if most and cell["census"]:
        # Its area says how many.
        radius = (tall / 2 - 3) * math.sqrt(cell["census"] / most)
        kind = "census over" if visited == 2 else "census"
        yield f'<circle class="{kind}" cx="{middle_x:.1f}" cy="{middle_y:.1f}" r="{radius:.1f}"/>'
    if visited == 2:
        dark = shade(cell["attendance"]["total"], step) >= 4
        yield (
            f'<text class="{"people light" if dark else "people"}" x="{middle_x:.1f}" y="{middle_y + 8:.1f}">'
            f"{cell['attendance']['total']}</text>"
        )


def _steps(mesh: int) -> tuple[int, int]:
    """Rows from the equator and columns from Greenwich, in cells of 1 km (30″ by 45″)."""
    bounds = bounds_micro(mesh)
    return int(bounds.south * 120 / _MICRO), int(bounds.west * 80 / _MICRO)
