"""The compact form of a map: one array a figure instead of one object a cell, and no geometry that a code implies.

Mesh codes, and points in micro-degrees, are written as the first and then as differences.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from outreach_api.kernel.errors import Problem, Refusal
from outreach_api.outreach_map.shown import Cells, Columns, Counts, Points, Shown, values

FORM = 1
# A prefecture in 500 m cells is 40,000 of them.
MOST_CELLS = 60_000


def columnar(shown: Shown, wanted: Sequence[str] | None = None) -> dict[str, Any] | Refusal:
    """Cells are in the order of their codes, points and areas in that of the GeoJSON.

    `wanted`: only these columns (visits, attendance.children); one that there isn't is refused.
    """
    columns = shown.columns if wanted is None else _only(shown.columns, wanted)
    if isinstance(columns, Refusal):
        return columns
    if isinstance(shown, Cells):
        codes = values(shown.codes)
        order = sorted(range(len(codes)), key=codes.__getitem__)
        where = {"level": shown.level, "cells": differences([codes[number] for number in order])}
        columns = _each(columns, lambda column: [column[number] for number in order])
    else:
        where = {"ids": shown.ids}
    if isinstance(shown, Points):
        where |= {"lat": differences(shown.lats), "lon": differences(shown.lons)}
    return {"form": FORM, **where, "columns": _each(columns, _short), "summary": shown.summary}


def names_in(columns: Columns, before: str = "") -> list[str]:
    """The names by which columns are asked for: `attendance` is all within it, `attendance.total` one."""
    names: list[str] = []
    for key, column in columns.items():
        names.append(before + key)
        if isinstance(column, Mapping) and not isinstance(column, Counts):
            names += names_in(column, f"{before}{key}.")
    return names


def differences(numbers: Sequence[int]) -> list[int]:
    """The first number, then by how much each is more than the one before it."""
    return [*numbers[:1], *(after - before for before, after in pairwise(numbers))]


def _only(columns: Columns, wanted: Sequence[str]) -> Columns | Refusal:
    known = names_in(columns)
    if not set(wanted) <= set(known):
        faults = (Problem("?columns", "not_in_list", {"words": ", ".join(known)}),)
        return Refusal("invalid", 422, {}, faults)
    return _within(columns, set(wanted))


def _within(columns: Columns, wanted: set[str], before: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, column in columns.items():
        if before + key in wanted:
            found[key] = column
        elif isinstance(column, Mapping) and (inner := _within(column, wanted, f"{before}{key}.")):
            found[key] = inner
    return found


def _each(columns: Columns, written: Callable[[list[Any]], list[Any]]) -> dict[str, Any]:
    return {
        key: _each(column, written) if isinstance(column, Mapping) else written(values(column))
        for key, column in columns.items()
    }


def _short(column: list[Any]) -> list[Any]:
    """3.0 is the number 3 in JSON; without its ".0" it packs better."""
    return [int(value) if isinstance(value, float) and value.is_integer() else value for value in column]
