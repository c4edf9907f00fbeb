"""Tables for finding places: imported gazetteers, answers of outside geocoders, and whose turn it is to ask them."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from outreach_api.storage.base import Base


class GazetteerImport(Base):
    """One imported list of places. It counts once `ready_at` is there and until `undone_at` is."""

    __tablename__ = "gazetteer_imports"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    form: Mapped[str]
    """Which published form it had. A newer import of that form takes the place of this one, for its cities."""
    file_name: Mapped[str]
    file_sha256: Mapped[str]
    cities: Mapped[list[str]]
    """The cities that it lists, each with its prefecture before it."""
    places: Mapped[int]
    credit: Mapped[str]
    """Whose data it is: those who publish it ask to be named."""
    imported_at: Mapped[dt.datetime]
    ready_at: Mapped[dt.datetime | None]
    undone_at: Mapped[dt.datetime | None]


class GazetteerPlace(Base):
    """A town (no block), a block, or a unit in a block, as one line of a list gave it."""

    __tablename__ = "gazetteer_places"
    import_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("gazetteer_imports.id"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    prefecture: Mapped[str]
    city: Mapped[str]
    town: Mapped[str]
    town_key: Mapped[str]
    """The town as kernel.addresses spells it; `area_key` the same with its 小字, where there is one."""
    area_key: Mapped[str]
    block: Mapped[str]
    unit: Mapped[str]
    numbered: Mapped[str]
    """Whether blocks are 街区 (`block`, 11番) or 地番 (`parcel`, 387番地); "" where the list doesn't say."""
    lat_micro: Mapped[int]
    lon_micro: Mapped[int]
    __table_args__ = (
        # The import first: else a planner that knows no statistics reads a whole import for one town.
        sa.Index("ix_gazetteer_places_import_id_area_key_block", "import_id", "area_key", "block"),
        sa.Index("ix_gazetteer_places_import_id_town_key_block", "import_id", "town_key", "block"),
    )


class GeocodeAnswer(Base):
    """What an outside geocoder answered, for a while. Neither what was asked nor the answer can be read here."""

    __tablename__ = "geocode_answers"
    question: Mapped[bytes] = mapped_column(primary_key=True)
    """A keyed hash of the provider and of the address as it was sent."""
    sealed: Mapped[bytes]
    ends_at: Mapped[dt.datetime] = mapped_column(index=True)


class GeocoderTurn(Base):
    """When a provider may next be asked, for all workers together."""

    __tablename__ = "geocoder_turns"
    provider: Mapped[str] = mapped_column(primary_key=True)
    free_at: Mapped[dt.datetime]
