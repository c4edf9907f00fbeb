"""Turns published lists into places: every line is a place, is left out for a reason that is counted, or is a fault."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from outreach_api.kernel.addresses import PREFECTURES, read_numbers, spelled
from outreach_api.kernel.mesh import OutsideJapan, mesh_code, micro
from outreach_api.stops.gazetteer.columns import Columns, Form, columns_of
from outreach_api.stops.gazetteer.files import Fault, Member, Unusable, lines_of

MOST_FAULTS = 50
MOST_PLACES = 3_000_000
_DEGREES = re.compile(r"[0-9]{1,3}\.?[0-9]{0,15}")
# JGD2011, JGD2000 and WGS 84, which for our purposes are one; the old Tokyo datum is 400 m off.
_DATUMS = ("6668", "4612", "4326", "6697")
_DELETED = "3"
# A town's name comes again with each of its blocks.
_key = lru_cache(maxsize=4_096)(spelled)


class Place(NamedTuple):
    """One place of a list, as storage keeps it."""

    prefecture: str
    city: str
    town: str
    town_key: str
    area_key: str
    block: str
    unit: str
    numbered: str
    lat_micro: int
    lon_micro: int


@dataclass(slots=True)
class Lists:
    """The lists of one import: what they are, and what became of their lines."""

    form: Form
    lists: Sequence[tuple[Member, Columns]]
    positions: Sequence[tuple[Member, Columns]] = ()
    faults: list[Fault] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    """Lines that are no place of today, by the reason: `ended`, `unplaced`, `townless`, `doubled`."""


def open_lists(members: Iterable[Member]) -> Lists:
    """Look at the headers. Raises Unusable when they are no lists of places, or of several forms at once."""
    named: list[tuple[Member, Columns]] = []
    positions: list[tuple[Member, Columns]] = []
    for member in members:
        header = next((cells for _, cells in lines_of(member)), None)
        if header is None:
            raise member.unusable("file_empty")
        columns = columns_of(header)
        if columns.has_names and (columns.has_positions or columns.keys):
            named.append((member, columns))
        elif columns.has_positions and columns.keys:
            positions.append((member, columns))
        else:
            raise member.unusable("gazetteer_unknown_form", 1)
    if not named:
        raise positions[0][0].unusable("gazetteer_names_missing")
    forms = {columns.form for _, columns in named}
    if len(forms) > 1:
        raise named[0][0].unusable("gazetteer_several_forms", 0, "", forms=", ".join(sorted(forms)))
    for member, columns in named:
        if not columns.has_positions and not positions:
            raise member.unusable("gazetteer_positions_missing")
    return Lists(forms.pop(), named, positions)


def places_of(lists: Lists) -> Iterator[Place]:
    """All places, in the order of the files. Faults gather in `lists.faults`; after MOST_FAULTS it ends."""
    at = dict(_positions(lists))
    seen: set[tuple[str, ...]] = set()
    count = 0
    for member, columns in lists.lists:
        for line, cells in _records(lists, member, columns):
            try:
                place = _place(lists, columns, cells, at)
            except _Bad as bad:
                _note(lists, Fault(member.name, line, bad.column, bad.code, bad.params))
                if len(lists.faults) >= MOST_FAULTS:
                    return
                continue
            if place is None:
                continue
            if columns.cell(cells, "main") == "0":
                # One block may have several points; the list says itself which of them stands for it.
                lists.left_out["doubled"] += 1
                continue
            same = place[:8]
            if lists.form is not Form.ISJ_BLOCK and same in seen:
                lists.left_out["doubled"] += 1
                continue
            if lists.form is not Form.ISJ_BLOCK:
                seen.add(same)
            count += 1
            if count > MOST_PLACES:
                raise member.unusable("gazetteer_too_large", 0, "", most=MOST_PLACES)
            yield place


class _Bad(Exception):
    def __init__(self, column: str, code: str, /, **params: object) -> None:
        super().__init__(code)
        self.column, self.code, self.params = column, code, params


def _records(lists: Lists, member: Member, columns: Columns) -> Iterator[tuple[int, Sequence[str]]]:
    records = lines_of(member)
    next(records, None)
    wanted = len(columns.header)
    try:
        for line, cells in records:
            if len(cells) != wanted:
                _note(
                    lists,
                    Fault(member.name, line, "", "cells_do_not_fit", {"wanted": wanted, "got": len(cells)}),
                )
                if len(lists.faults) >= MOST_FAULTS:
                    return
                continue
            yield line, cells
    except Unusable as unusable:
        _note(lists, unusable.fault)


def _note(lists: Lists, fault: Fault) -> None:
    lists.faults.append(fault)


def _positions(lists: Lists) -> Iterator[tuple[str, tuple[int, int]]]:
    for member, columns in lists.positions:
        for line, cells in _records(lists, member, columns):
            if not columns.cell(cells, "lat") and not columns.cell(cells, "lon"):
                continue
            try:
                yield columns.key(cells), _position(columns, cells)
            except _Bad as bad:
                _note(lists, Fault(member.name, line, bad.column, bad.code, bad.params))
                if len(lists.faults) >= MOST_FAULTS:
                    return


def _place(
    lists: Lists, columns: Columns, cells: Sequence[str], at: dict[str, tuple[int, int]]
) -> Place | None:
    cell = columns.cell
    deleted = _DELETED in (cell(cells, "before"), cell(cells, "after"))
    if deleted or cell(cells, "ended"):
        lists.left_out["ended"] += 1
        return None
    city = cell(cells, "county") + cell(cells, "city") + cell(cells, "ward")
    name, hamlet = cell(cells, "town") + cell(cells, "chome"), cell(cells, "hamlet")
    if not city:
        raise _Bad(columns.called("city"), "required")
    if not name and not hamlet:
        lists.left_out["townless"] += 1
        return None
    if columns.has_positions:
        position = _position(columns, cells)
    else:
        known = at.get(columns.key(cells))
        if known is None:
            lists.left_out["unplaced"] += 1
            return None
        position = known
    block, unit = _numbers(lists.form, columns, cells)
    return Place(
        cell(cells, "prefecture") or _prefecture(columns, cells),
        city,
        name + hamlet,
        _key(name or hamlet),
        _key(name + hamlet),
        block,
        unit,
        _numbered(lists.form, columns, cells) if block else "",
        *position,
    )


def _numbers(form: Form, columns: Columns, cells: Sequence[str]) -> tuple[str, str]:
    if form in (Form.ISJ_TOWN, Form.ABR_TOWN):
        return "", ""
    said = spelled(columns.cell(cells, "block"))
    if not said:
        raise _Bad(columns.called("block"), "required")
    numbers = read_numbers(said)
    block = numbers.block if numbers.block and not numbers.rest else said
    parts = [columns.cell(cells, meaning) for meaning in ("unit", "unit2")]
    own = "-".join(read_numbers(spelled(part)).block or spelled(part) for part in parts if part)
    return block, own or numbers.unit


def _numbered(form: Form, columns: Columns, cells: Sequence[str]) -> str:
    if form in (Form.ABR_BLOCK, Form.ABR_UNIT):
        return "block"
    if form is Form.ABR_PARCEL:
        return "parcel"
    return {"1": "block", "0": "parcel"}.get(columns.cell(cells, "numbered"), "")


def _position(columns: Columns, cells: Sequence[str]) -> tuple[int, int]:
    datum = columns.cell(cells, "datum")
    if datum and not datum.endswith(_DATUMS):
        raise _Bad(columns.called("datum"), "gazetteer_datum", datum=datum[:20])
    read = []
    for meaning in ("lat", "lon"):
        said = columns.cell(cells, meaning)
        if not _DEGREES.fullmatch(said):
            raise _Bad(columns.called(meaning), "not_number")
        read.append(micro(float(said)))
    lat, lon = read
    try:
        mesh_code(lat, lon)
    except OutsideJapan:
        raise _Bad(columns.called("lat"), "outside_japan") from None
    return lat, lon


def _prefecture(columns: Columns, cells: Sequence[str]) -> str:
    """The registry's lists of blocks name none; their municipality's code (its first column) begins with it."""
    code = cells[columns.keys[0]].strip()[:2] if columns.keys else ""
    return PREFECTURES.get(int(code), "") if code.isdigit() else ""
