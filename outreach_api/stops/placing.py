"""Finds the positions of a file's lines that have an address only, in the imported gazetteers; nobody else is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from outreach_api.kernel.geo import Outline
from outreach_api.stops.csv_rows import BadCell, Row
from outreach_api.stops.gazetteer.lookup import Listed, is_empty, look_up
from outreach_api.stops.geocoding.asking import outlines_in_force
from schemas.vocabulary import PositionSource


def placed(session: Session, rows: Sequence[Row]) -> list[Row]:
    """The same lines, each with its place or with the reason why it has none."""
    if not any(row.wants_place for row in rows):
        return list(rows)
    empty = is_empty(session)
    outlines = [outline for _, _, outline in outlines_in_force(session)]
    return [_placed(session, row, outlines, empty=empty) if row.wants_place else row for row in rows]


def _placed(session: Session, row: Row, outlines: Sequence[Outline], *, empty: bool) -> Row:
    address = str(row.stop["address"])
    if empty:
        return _bad(row, address, "address_wants_gazetteer")
    listed = look_up(session, address)
    if len(listed) > 1:
        # A town's name that several cities have: in ours it is meant.
        ours = [one for one in listed if any(outline.contains(one.point) for outline in outlines)]
        listed = ours or listed
    if not listed:
        return _bad(row, address, "address_not_listed")
    if len(listed) > 1:
        return _bad(row, address, "address_not_clear", found=len(listed))
    return replace(row, place=_place(listed[0]))


def _place(listed: Listed) -> dict[str, Any]:
    return {
        "position": {"lat": listed.point.lat, "lon": listed.point.lon},
        "position_precision": listed.precision.value,
        "position_source": PositionSource.GAZETTEER.value,
    }


def _bad(row: Row, address: str, code: str, **params: object) -> Row:
    return replace(row, faults=(*row.faults, BadCell(row.line, "address", code, params, address)))
