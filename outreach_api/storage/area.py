"""Tables of the area: imported populations by mesh cell and outlines. An import is undone as a whole."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from outreach_api.storage.base import Base


class PopulationImport(Base):
    """One imported file. The newest one that is not undone is in force."""

    __tablename__ = "population_imports"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    label: Mapped[str]
    file_name: Mapped[str]
    file_sha256: Mapped[str]
    cell_metres: Mapped[int] = mapped_column(sa.Integer)
    target_label: Mapped[str]
    """Who the target people are; "" where the file knows all residents only."""
    boundary_code: Mapped[str | None]
    """The outline that its cells were cut to."""
    imported_at: Mapped[dt.datetime]
    undone_at: Mapped[dt.datetime | None]
    change_no: Mapped[int]


class PopulationCell(Base):
    """People in one cell. Cells that the census merged share a unit: their target stands with one of them."""

    __tablename__ = "population_cells"
    import_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("population_imports.id"), primary_key=True)
    mesh: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    unit: Mapped[int]
    total: Mapped[float | None]
    target: Mapped[float | None]
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
