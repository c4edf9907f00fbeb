"""What outside geocoders answered, kept for a while; and whose turn it is to ask one, for all workers together."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from typing import Any

import orjson
import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from outreach_api.stops.geocoding.outside import Answered
from outreach_api.storage.base import Base
from outreach_api.storage.keyring import Keyring
from outreach_api.storage.places import GeocodeAnswer, GeocoderTurn
from outreach_api.storage.session import Database
from schemas.vocabulary import Precision

NOTHING_FOR = dt.timedelta(hours=12)
"""That a provider knows nothing is believed for so long only: maps grow, and a typing slip is put right."""
_NONCE_BYTES = 12
_MOST_SWEPT = 500
_LONGEST_WAIT = dt.timedelta(seconds=3)
AWAY = dt.timedelta(minutes=2)
"""So long nobody asks a provider that refused."""


class Answers:
    """The cache. Whoever copies the database learns neither what was asked nor what was answered."""

    def __init__(self, database: Database, keyring: Keyring) -> None:
        self._database = database
        self._asked = keyring.secret("geocode questions")
        self._seal = AESGCM(keyring.secret("geocode answers"))

    def find(self, provider: str, address: str, now: dt.datetime) -> list[Answered] | None:
        """What was answered before; None if nobody asked, or it is too long ago."""
        question = self._question(provider, address)
        with self._database.read() as session:
            row = session.get(GeocodeAnswer, question)
            sealed = row.sealed if row is not None and row.ends_at > now else None
        if sealed is None:
            return None
        try:
            opened = self._seal.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], question)
        except InvalidTag:
            return None  # another home's: ask again
        return [Answered(lat, lon, title, Precision(said)) for lat, lon, title, said in orjson.loads(opened)]

    def keep(
        self, provider: str, address: str, answered: list[Answered], now: dt.datetime, days: int
    ) -> None:
        """Keep an answer, and forget some that are too old."""
        question = self._question(provider, address)
        content = orjson.dumps([[one.lat, one.lon, one.title, one.precision] for one in answered])
        nonce = os.urandom(_NONCE_BYTES)
        ends_at = now + (dt.timedelta(days=days) if answered else NOTHING_FOR)
        with self._database.write() as session:
            over = sa.select(GeocodeAnswer.question).where(GeocodeAnswer.ends_at <= now).limit(_MOST_SWEPT)
            session.execute(sa.delete(GeocodeAnswer).where(GeocodeAnswer.question.in_(over)))
            values = {"sealed": nonce + self._seal.encrypt(nonce, content, question), "ends_at": ends_at}
            made = _insert(self._database, GeocodeAnswer).values(question=question, **values)
            session.execute(made.on_conflict_do_update(index_elements=["question"], set_=values))

    def _question(self, provider: str, address: str) -> bytes:
        return hashlib.blake2b(
            f"{provider}\0{address}".encode(), key=self._asked[:64], digest_size=16
        ).digest()


def forget_old(session: Session, now: dt.datetime) -> None:
    """Answers whose time is over leave the database, also when nobody asks any more."""
    session.execute(sa.delete(GeocodeAnswer).where(GeocodeAnswer.ends_at <= now))


def my_turn(database: Database, provider: str, now: dt.datetime, seconds_apart: float) -> float | None:
    """Seconds until this worker may ask; None when so many wait already that it would take too long."""
    with database.write() as session:
        free_at = _free_at(database, session, provider, now)
        turn = max(now, free_at)
        if turn - now > _LONGEST_WAIT:
            return None
        _set_free(session, provider, turn + dt.timedelta(seconds=seconds_apart))
        return (turn - now).total_seconds()


def stay_away(database: Database, provider: str, now: dt.datetime) -> None:
    """It said that it was asked too often: nobody asks it for a while."""
    with database.write() as session:
        _free_at(database, session, provider, now)
        _set_free(session, provider, now + AWAY)


def _free_at(database: Database, session: Session, provider: str, now: dt.datetime) -> dt.datetime:
    """When it may be asked, with its row locked."""
    session.execute(
        _insert(database, GeocoderTurn).values(provider=provider, free_at=now).on_conflict_do_nothing()
    )
    locked = sa.select(GeocoderTurn.free_at).where(GeocoderTurn.provider == provider).with_for_update()
    free_at = session.scalars(locked).one()
    # A clock that went wrong since must not shut the provider out for ever.
    return free_at if free_at <= now + AWAY else now


def _set_free(session: Session, provider: str, at: dt.datetime) -> None:
    session.execute(sa.update(GeocoderTurn).where(GeocoderTurn.provider == provider).values(free_at=at))


def _insert(database: Database, table: type[Base]) -> Any:
    return sqlite.insert(table) if database.is_sqlite else postgresql.insert(table)
