"""Tables of the area: imported populations by mesh cell, outlines, and sets of areas. An import is undone as a whole."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from outreach_api.storage.base import Base


class PopulationImport(Base):
    """One or several files imported together. The newest import that is not undone is in force."""

    __tablename__ = "population_imports"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    label: Mapped[str]
    file_name: Mapped[str]
    file_sha256: Mapped[str]
    cell_metres: Mapped[int] = mapped_column(sa.Integer)
    targets: Mapped[dict[str, Any]]
    """The labels in the files, by column of PopulationCell; {} where they know all residents only."""
    boundary_code: Mapped[str | None]
    """The outline that its cells were cut to."""
    imported_at: Mapped[dt.datetime]
    undone_at: Mapped[dt.datetime | None]
    change_no: Mapped[int]


class PopulationCell(Base):
    """People in one cell. Cells that the census merged share a unit: their targets stand with one of them."""

    __tablename__ = "population_cells"
    import_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("population_imports.id"), primary_key=True)
    mesh: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    unit: Mapped[int]
    total: Mapped[float | None]
    target: Mapped[float | None]
    """Whom the file itself calls the target; counted before the others."""
    children_0_14: Mapped[float | None]
    children_0_5: Mapped[float | None]
    households_under_6: Mapped[float | None]
    share: Mapped[float]
    """Part of the cell that lies inside the area, 0 to 1."""


class Boundary(Base):
    """An outline of a city or district. Of one code, the newest that is not undone is in force."""

    __tablename__ = "boundaries"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    code: Mapped[str]
    name: Mapped[str]
    geometry: Mapped[dict[str, Any]]
    file_name: Mapped[str]
    file_sha256: Mapped[str]
    imported_at: Mapped[dt.datetime]
    undone_at: Mapped[dt.datetime | None]
    change_no: Mapped[int]


class AreaSet(Base):
    """Areas imported together, such as the school districts of a city. Of one name, the newest not undone is in force."""

    __tablename__ = "area_sets"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    within: Mapped[str | None]
    """The code of the city that its areas were chosen by."""
    areas: Mapped[int]
    corners: Mapped[int]
    """Of all their rings together: how large its outlines are."""
    file_name: Mapped[str]
    file_sha256: Mapped[str]
    imported_at: Mapped[dt.datetime]
    undone_at: Mapped[dt.datetime | None]
    change_no: Mapped[int]


class Area(Base):
    """A named area of a set, and how much of each 250 m cell lies inside it."""

    __tablename__ = "areas"
    set_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("area_sets.id"), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    geometry: Mapped[dict[str, Any]]
    cells: Mapped[bytes]
    """Mesh codes of the 250 m cells that it shares ground with, ascending: int64, little-endian."""
    places: Mapped[bytes]
    """How many of each cell's 256 places (rules.discs.LATTICE squared) lie inside it: uint16, little-endian."""
