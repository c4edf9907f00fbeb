"""The application over an SQLite file of its own, without a socket: what a phone sends goes through all of it."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from outreach_api.access.writes.tokens import issue_token
from outreach_api.app import create_app
from outreach_api.kernel.clock import format_instant
from outreach_api.kernel.ids import new_id
from outreach_api.settings import Settings
from outreach_api.storage import migrate
from outreach_api.storage.ledger import Receipt
from outreach_api.storage.plans import Van
from outreach_api.storage.session import Database
from schemas.vocabulary import Role
from tests.keys import some_keyring
from tests.make import MADE_AT, make_stop
from tests.proofs.phones import NOW, Operation, Phone

FILE = "outreach.sqlite3"
VANS = 2
PHONES_OF_A_VAN = 2


class House:
    """An app and its database in a folder; `pragmas` are said to every connection after what outreach says."""

    def __init__(self, folder: Path, pragmas: Sequence[str] = ()) -> None:
        self.database = Database(f"sqlite:///{folder / FILE}", pool_size=VANS * PHONES_OF_A_VAN + 2)
        self._keyring = some_keyring()
        self._app = create_app(Settings(), database=self.database, keyring=self._keyring, now=lambda: NOW)

        @sa.event.listens_for(self.database.engine, "connect")
        def say(connection: Any, _record: Any) -> None:
            for pragma in pragmas:
                connection.execute(f"PRAGMA {pragma}").close()

    def close(self) -> None:
        """Leave no file open, not the keys' cabinet either: its connections, too, were opened under the trace."""
        self.database.close()
        self._keyring.close()

    def furnish(self, dice: random.Random, position: Callable[[], int]) -> list[Phone]:
        """Tables, vans and stops; the phones that belong to them."""
        return furnish(self.database, dice, position)

    def push(self, token: str, operations: list[Operation]) -> dict[str, Any]:
        body = {"sent_at": format_instant(NOW), "operations": operations}
        return self._ask("POST", "/v1/sync/push", token, json=body)

    def pull(self, token: str, cursor: str | None) -> dict[str, Any]:
        return self._ask("GET", "/v1/sync/pull", token, query_string={"cursor": cursor} if cursor else {})

    def _ask(self, method: str, path: str, token: str, **sent: Any) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {token}"}
        response = self._app.test_client().open(path, method=method, headers=headers, **sent)
        if response.status_code != 200:
            raise AssertionError(f"{path} answered {response.status_code}: {response.text[:400]}")
        answer: dict[str, Any] = response.get_json()
        return answer


def furnish(database: Database, dice: random.Random, position: Callable[[], int]) -> list[Phone]:
    """Tables, vans and stops; the phones that belong to them."""
    migrate.upgrade(database)
    phones = []
    with database.write() as session:
        for number in range(VANS):
            van = Van(
                id=new_id(),
                version=1,
                change_no=0,
                created_at=MADE_AT,
                code=f"V{number}",
                name=f"くるくる{number}",
                needs_power=False,
                active=True,
            )
            session.add(van)
            stop = make_stop(session, name=f"場所{number}")
            for _ in range(PHONES_OF_A_VAN):
                token = issue_token(
                    session, role=Role.CREW, label="phone", now=NOW, days=36_500, van_id=van.id
                )
                phones.append(Phone(random.Random(dice.random()), token, stop.id, position))
    return phones


def work_in_turns(house: House, phones: Sequence[Phone], dice: random.Random, *, pushes: int) -> None:
    """One push after the other. Meanwhile somebody reads slowly, where readers don't hold writers up: the log
    can't begin anew then, and checkpoints get through a part of it only."""
    slow_readers = _logs_ahead(house)
    with ExitStack() as reading:
        for _ in range(pushes):
            dice.choice(phones).sync(house.push, house.pull)
            if slow_readers and dice.random() < 1 / 6:
                session = reading.enter_context(house.database.read())
                session.execute(sa.select(sa.func.count()).select_from(Receipt)).one()
            elif dice.random() < 1 / 4:
                reading.close()


def work_at_once(house: House, phones: Sequence[Phone], *, pushes: int) -> None:
    """All phones at the same time, as the server's threads meet them."""

    def work(phone: Phone) -> None:
        for _ in range(pushes // len(phones)):
            phone.sync(house.push, house.pull)

    with ThreadPoolExecutor(len(phones)) as pool:
        list(pool.map(work, phones))


def _logs_ahead(house: House) -> bool:
    with house.database.engine.connect() as connection:
        return bool(connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal")
