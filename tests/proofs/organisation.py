"""A whole organisation over a database of either kind: two vans, their stops and a day's plan, and the app itself.

It is put back to its beginning between days in milliseconds, and restored from a backup as `outreach restore` does.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import random
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.access.writes.tokens import issue_token
from outreach_api.app import create_app
from outreach_api.kernel.ids import new_id, visit_id_of
from outreach_api.kernel.week import IsoWeek
from outreach_api.ledger import counter
from outreach_api.ledger.kinds import Actor, Work
from outreach_api.settings import Settings
from outreach_api.storage import migrate
from outreach_api.storage.access import Person
from outreach_api.storage.ledger import Change, ChangeCounter
from outreach_api.storage.plans import Plan, PlanStop, Van
from outreach_api.storage.session import Database
from outreach_api.sync.push import push
from schemas.vocabulary import PlanStatus, Role
from tests.api import StandingClock
from tests.keys import some_keyring
from tests.make import MADE_AT, make_item, make_stop
from tests.proofs.handsets import Sender
from tests.proofs.kept_copies import Files, Rows

START = dt.datetime(2026, 11, 28, 1, 0, tzinfo=dt.UTC)
"""Saturday, ten in the morning in Tokyo, two hours before the first stay of the plan ends."""
PLANNED_DAY = dt.date(2026, 11, 28)
VANS = 2
STAYS = 2
CREWS = (0, 0, 1)
"""The van of each crew phone."""
PLACES = ((35.8041, 139.9523), (35.7844, 139.9008), (35.8256, 139.9214))


class Stay(NamedTuple):
    """A planned stay of a van, and the visit that it leads to."""

    plan_stop_id: uuid.UUID
    stop_id: uuid.UUID
    van_id: uuid.UUID

    @property
    def visit_id(self) -> uuid.UUID:
        return visit_id_of(self.plan_stop_id)


class Answer(NamedTuple):
    status: int
    body: Any


class Kept(NamedTuple):
    """A backup, and the last change number in it."""

    content: Any
    change_no: int


class Organisation:
    """Its database must be its own; `folder` keeps what is copied of it."""

    def __init__(self, url: str, folder: Path) -> None:
        self.clock = StandingClock(START)
        self.database = Database(url, pool_size=4)
        self.keyring = some_keyring()
        self.settings = Settings()
        migrate.upgrade(self.database)
        self.app = create_app(
            self.settings, database=self.database, keyring=self.keyring, now=lambda: self.clock()
        )
        self.kinds = self.app.extensions["outreach"].kinds
        self._client = self.app.test_client()
        self._copies: Any = Files(self.database, folder) if self.database.is_sqlite else Rows(self.database)
        dice = random.Random(0)
        self._furnish(dice)
        self._hire(dice)
        self._beginning = self._copies.keep()

    def begin_anew(self) -> None:
        """As if nothing had happened since it was furnished."""
        self.clock.now = START
        self._copies.put_back(self._beginning)
        self._copies.forget_all_but(self._beginning)

    def back_up(self) -> Kept:
        """As `outreach backup`: copy, then tell phones how far that reaches."""
        content = self._copies.keep()
        with self.database.write() as session:
            change_no, _ = counter.current(session)
            session.execute(
                sa.update(ChangeCounter).values(backed_up_no=change_no, backed_up_at=self.clock())
            )
        return Kept(content, change_no)

    def restore(self, kept: Kept) -> None:
        """As `outreach restore`: the copy takes the database's place and begins a new epoch."""
        self._copies.put_back(kept.content)
        with self.database.write() as session:
            session.execute(sa.update(ChangeCounter).values(epoch=new_id()))

    def token(self, role: Role, label: str, *, van_id: uuid.UUID | None, holder_id: uuid.UUID) -> str:
        """One more token of a device or person, which is made with the first."""
        with self.database.write() as session:
            owner = {"device_id": holder_id} if role is Role.CREW else {"person_id": holder_id}
            if role is not Role.CREW and session.get(Person, holder_id) is None:
                session.add(
                    Person(
                        id=holder_id,
                        version=1,
                        change_no=0,
                        created_at=MADE_AT,
                        name=label,
                        role=role,
                        active=True,
                    )
                )
                session.flush()
            return issue_token(
                session, role=role, label=label, now=self.clock(), days=4_000, van_id=van_id, **owner
            )

    def ask(self, method: str, path: str, token: str, *, json: Any = None, **headers: str) -> Answer:
        said = {"Authorization": f"Bearer {token}", **headers}
        response = self._client.open(path, method=method, headers=said, json=json)
        answer = Answer(response.status_code, response.get_json() if response.is_json else response.text)
        response.close()
        if answer.status >= 500:
            raise AssertionError(f"{method} {path} {json} answered {answer}")
        return answer

    @contextlib.contextmanager
    def pushed_and_rolled_back(
        self, actor: Actor, items: list[Any], sent_at: dt.datetime
    ) -> Iterator[tuple[Session, list[dict[str, Any]]]]:
        """The answers that a push would get, in the transaction that holds its effects; nothing of it stays."""
        here = self.app.extensions["outreach"]
        with contextlib.suppress(_RollBack), self.database.write() as session:
            work = Work(session, actor, self.clock(), self.settings, self.keyring)
            answer = push(work, items, sent_at, kinds=here.kinds, hash_key=here.hash_key, language="ja")
            yield session, orjson.loads(orjson.dumps(answer["results"]))
            raise _RollBack

    def _furnish(self, dice: random.Random) -> None:
        """Ids come from the dice, so that a day can be had again."""

        def an_id() -> uuid.UUID:
            return uuid.UUID(int=dice.getrandbits(128), version=4)

        told: list[tuple[str, uuid.UUID, uuid.UUID | None]] = []
        self.vans: list[uuid.UUID] = []
        self.stays: list[Stay] = []
        self.stop_mesh: dict[uuid.UUID, int] = {}
        kept = {"version": 1, "change_no": 0, "created_at": MADE_AT}
        with self.database.write() as session:
            session.execute(sa.text("DELETE FROM changes"))
            for number, (lat, lon) in enumerate(PLACES):
                stop = make_stop(
                    session, id=an_id(), code=f"S{number}", name=f"場所{number}", lat=lat, lon=lon
                )
                self.stop_mesh[stop.id] = stop.mesh
                told.append(("stop", stop.id, None))
            self.item = make_item(session, code="I0").id
            told.append(("item", self.item, None))
            for number in range(VANS):
                van = Van(
                    id=an_id(),
                    code=f"V{number}",
                    name=f"くるくる{number}",
                    needs_power=False,
                    active=True,
                    **kept,
                )
                session.add(van)
                session.flush()
                self.vans.append(van.id)
                told.append(("van", van.id, van.id))
                plan = self._plan(session, an_id, van.id, kept)
                told.append(("plan", plan, van.id))
            for change_no, (kind, entity_id, van_id) in enumerate(told, 1):
                session.add(
                    Change(change_no=change_no, kind=kind, entity_id=entity_id, van_id=van_id, gone=False)
                )
            session.execute(
                sa.update(ChangeCounter).values(value=len(told), backed_up_no=None, backed_up_at=None)
            )

    def _hire(self, dice: random.Random) -> None:
        """Phones of the crews, then a coordinator's; the lead, who may settle everything, has none that pushes."""
        self.phones: list[tuple[Sender, str]] = []
        for van in (*CREWS, None):
            role = Role.COORDINATOR if van is None else Role.CREW
            van_id = None if van is None else self.vans[van]
            holder_id = uuid.UUID(int=dice.getrandbits(128), version=4)
            token = self.token(role, f"phone {len(self.phones)}", van_id=van_id, holder_id=holder_id)
            self.phones.append((Sender(holder_id, role, van_id), token))
        holder_id = uuid.UUID(int=dice.getrandbits(128), version=4)
        self.lead = Sender(holder_id, Role.SAFEGUARDING, None)
        self.leads_token = self.token(Role.SAFEGUARDING, "lead", van_id=None, holder_id=holder_id)

    def _plan(self, session: Session, an_id: Any, van_id: uuid.UUID, kept: dict[str, Any]) -> uuid.UUID:
        plan = Plan(
            id=an_id(),
            van_id=van_id,
            local_day=PLANNED_DAY,
            iso_week=IsoWeek.of(PLANNED_DAY).as_int,
            status=PlanStatus.PUBLISHED,
            revision=1,
            changed_since_published=False,
            **kept,
        )
        session.add(plan)
        session.flush()
        for position, stop_id in enumerate(list(self.stop_mesh)[:STAYS]):
            row = PlanStop(
                id=an_id(),
                plan_id=plan.id,
                position=position,
                stop_id=stop_id,
                arrive=dt.time(10 + 3 * position),
                depart=dt.time(12 + 3 * position),
                announce=False,
                host_asked=True,
                removed=False,
            )
            session.add(row)
            self.stays.append(Stay(row.id, stop_id, van_id))
        session.flush()
        return plan.id


class _RollBack(Exception):
    """Ends a transaction that was only to be looked at."""
