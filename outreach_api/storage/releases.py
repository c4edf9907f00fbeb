"""Tables of releases, as the house knows them: what was told of which stop and day. The public side never reads these."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from outreach_api.storage.base import Base, Kept, stop_ref


class Release(Kept, Base):
    """One release: a week, with all that was due before it and all that changed since. Never changed, never deleted."""

    __tablename__ = "releases"
    number: Mapped[int] = mapped_column(unique=True)
    from_week: Mapped[int]
    """The first week that is new in it; the same as `iso_week` where none was left out."""
    iso_week: Mapped[int] = mapped_column(unique=True)
    made_by: Mapped[uuid.UUID]
    key_check: Mapped[bytes]
    """Tells the key of its draws from another one, without telling the key."""


class ReleasedAtom(Base):
    """What a release adds to a figure of a stop and day: a rounded count of a group of ages, or the visit itself.

    Never an exact count of people: what was told so far and the draw, which follows from a key, say what is still due.
    """

    __tablename__ = "released_atoms"
    release_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("releases.id"), primary_key=True)
    stop_id: Mapped[uuid.UUID] = stop_ref(primary_key=True)
    local_day: Mapped[dt.date] = mapped_column(primary_key=True)
    figure: Mapped[str] = mapped_column(primary_key=True)
    mesh_1km: Mapped[int]
    """Where it is shown: a cell, or 0 for the city alone. The first release of that stop and day decides it."""
    value: Mapped[int]
    # What was told of one stop and day, by any release.
    __table_args__ = (sa.Index("ix_released_atoms_stop_id_local_day", "stop_id", "local_day"),)


class DueStay(Base):
    """A stop and day of which something changed since it was last told: all that a release has to look at.

    Put there by whatever changes a visit or counts anybody (ledger/held_days.py), taken away by the release that looks.
    """

    __tablename__ = "due_stays"
    stop_id: Mapped[uuid.UUID] = stop_ref(primary_key=True)
    local_day: Mapped[dt.date] = mapped_column(primary_key=True)
    __table_args__ = ({"sqlite_with_rowid": False},)


class ReleasedRare(Base):
    """What a release adds to a rare figure of the city in a fiscal quarter."""

    __tablename__ = "released_rare"
    release_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("releases.id"), primary_key=True)
    quarter_day: Mapped[dt.date] = mapped_column(primary_key=True)
    """Its first day."""
    figure: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int]
