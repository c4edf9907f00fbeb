"""What a map shows, by column, before it is written down as GeoJSON or in the compact form: both say the same."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from outreach_api.kernel.errors import Refusal

# By name one value a feature (a list or a NumPy array; NaN is unknown, as None), or the columns of an inner object.
Columns = Mapping[str, Any]


class Counts(dict[str, Sequence[int]]):
    """Columns of a count by word: what is nought is not said of a feature."""


@dataclass(frozen=True, slots=True)
class Cells:
    """Mesh cells of one level (metres)."""

    level: int
    codes: Sequence[int]
    columns: Columns
    summary: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Points:
    """Places, in micro-degrees."""

    ids: Sequence[uuid.UUID]
    lats: Sequence[int]
    lons: Sequence[int]
    columns: Columns
    summary: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Areas:
    """Outlines: `geometries` are polygons of GeoJSON (or their text), `box` is around all of them, where it is known."""

    ids: Sequence[str]
    geometries: Sequence[Any]
    columns: Columns
    summary: Mapping[str, object]
    box: list[float] | None = None


Shown = Cells | Points | Areas


def too_large(found: int, most: int) -> Refusal | None:
    """Never a part of what was asked for without saying so: more than that are refused."""
    return Refusal("map_too_large", 422, {"found": found, "most": most}) if found > most else None


def values(column: Any) -> list[Any]:
    """A column as plain values, also of a NumPy array."""
    return column.tolist() if hasattr(column, "tolist") else list(column)
