"""Column types and mixins of every table: 16-byte ids, UTC times, whole yen, named constraints."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column


def id_bytes(value: uuid.UUID | None) -> bytes | None:
    return None if value is None else value.bytes


def _id_of(value: bytes | None) -> uuid.UUID | None:
    """As uuid.UUID(bytes=…) makes it, without its many questions."""
    if value is None:
        return None
    made = object.__new__(uuid.UUID)
    object.__setattr__(made, "int", int.from_bytes(value))
    object.__setattr__(made, "is_safe", uuid.SafeUUID.unknown)
    return made


def _utc_moment(value: dt.datetime | None) -> dt.datetime | None:
    if value is not None and value.tzinfo is None:
        raise ValueError("a naive datetime can't be stored")
    return value


def utc_text(value: dt.datetime | None) -> str | None:
    """As SQLAlchemy writes times on SQLite: always 26 characters, so that texts sort like times."""
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError("a naive datetime can't be stored")
    if value.tzinfo is not dt.UTC:
        value = value.astimezone(dt.UTC)
    return value.isoformat(" ", "microseconds")[:26]


class Id(sa.types.TypeDecorator[uuid.UUID]):
    """A UUID in 16 bytes: BLOB on SQLite, uuid on PostgreSQL."""

    impl = sa.LargeBinary
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.UUID(as_uuid=True))
        return dialect.type_descriptor(sa.LargeBinary(16))

    def bind_processor(self, dialect: sa.Dialect) -> Callable[[Any], Any] | None:
        """Overridden whole, because rows come by the thousand: a driver takes UUIDs or bytes as they are."""
        return None if dialect.name == "postgresql" else id_bytes

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Callable[[Any], Any] | None:
        return None if dialect.name == "postgresql" else _id_of


class Utc(sa.types.TypeDecorator[dt.datetime]):
    """A moment in UTC; a naive one is refused at the door, and comes back with its zone on both databases."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: sa.Dialect) -> Callable[[Any], Any] | None:
        return _utc_moment if dialect.name == "postgresql" else utc_text

    def process_result_value(self, value: dt.datetime | None, dialect: sa.Dialect) -> dt.datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


def _json_text(value: Any) -> str | None:
    return None if value is None else orjson.dumps(value).decode()


class Json(sa.types.TypeDecorator[Any]):
    """A small JSON value as text, Japanese readable, keys in the order given."""

    impl = sa.Text
    cache_ok = True

    def bind_processor(self, dialect: sa.Dialect) -> Callable[[Any], Any]:
        return _json_text

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> Any:
        return None if value is None else orjson.loads(value)


class Base(DeclarativeBase):
    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        uuid.UUID: Id(),
        dt.datetime: Utc(),
        dt.date: sa.Date(),
        dt.time: sa.Time(),
        int: sa.BigInteger(),
        str: sa.Text(),
        bytes: sa.LargeBinary(),
        float: sa.Float(),
        list[str]: Json(),
        list[dict[str, Any]]: Json(),
        dict[str, Any]: Json(),
    }


class Kept:
    """Something that people change: it has a version (its ETag) and the number of its last change."""

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    change_no: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[dt.datetime]


class VisitFact:
    """A fact of one visit: append-only, with what reports group by copied from its visit at write time."""

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    change_no: Mapped[int]
    received_at: Mapped[dt.datetime]
    occurred_at: Mapped[dt.datetime]
    local_day: Mapped[dt.date]
    iso_week: Mapped[int]
    mesh: Mapped[int]

    @declared_attr
    def visit_id(cls) -> Mapped[uuid.UUID]:
        return mapped_column(sa.ForeignKey("visits.id"), index=True)


def stop_ref(**kwargs: Any) -> Any:
    return mapped_column(sa.ForeignKey("stops.id"), **kwargs)


def van_ref(**kwargs: Any) -> Any:
    return mapped_column(sa.ForeignKey("vans.id"), **kwargs)
