"""A crew's phone (scripts/van_app) against the app under test, over a network that does what a test wants."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from outreach_api.storage.ledger import ChangeCounter
from tests.api import Api, check_answer
from tests.planning import agreed_stop, draft, publish, stay
from van_app.clock import Moment
from van_app.phone import Phone
from van_app.wire import Response

Fault = Callable[[str, str, Callable[[], Response]], Response]
"""Gets method, path and what would send the request; sends it or not, and answers what it likes."""


class Network:
    """A transport to the app's test client. `fault` stands in the way while it is set; `requests` are all that left."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._client = api.app.test_client()
        self.fault: Fault | None = None
        self.requests: list[tuple[str, str]] = []
        self.pushes: list[bytes] = []

    def __call__(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> Response:
        self.requests.append((method, path))
        if method == "POST" and body is not None:
            self.pushes.append(body)

        def send() -> Response:
            answer = self._client.open(path, method=method, headers=dict(headers), data=body)
            if answer.headers.get("Content-Encoding") != "gzip":
                check_answer(self._api.app, method, path, answer)
            found = {name.lower(): value for name, value in answer.headers.items()}
            return Response(answer.status_code, found, answer.get_data())

        return send() if self.fault is None else self.fault(method, path, send)


class Clocks:
    """A phone's two clocks. The wall clock may be wrong, and `set` right at any moment."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._began = api.clock()
        self.off = dt.timedelta(0)
        self.boot = "first"

    def __call__(self) -> Moment:
        now = self._api.clock()
        return Moment(now + self.off, self.boot, (now - self._began).total_seconds())


class Handheld(Phone):
    """A phone whose network and clocks the test moves."""

    network: Network
    clocks: Clocks


class Van:
    """What an office has prepared for one van's day, and its phones."""

    def __init__(self, api: Api, folder: Path) -> None:
        self.api, self.folder = api, folder
        self.stop = agreed_stop(api)
        self.plan = publish(api, draft(api, stay(self.stop))).json
        self.plan_stop: str = self.plan["stops"][0]["id"]
        made = api.post(
            "/v1/items",
            {
                "code": "UMAI",
                "name": "うまい棒",
                "category": "sweets",
                "tax_category": "food",
                "price_yen": 15,
                "price_from": "2026-04-01",
            },
        )
        assert made.status == 201, made
        self.item: str = made.json["id"]
        self._phones: list[Phone] = []

    def phone(self, *, paired: bool = True, token: str | None = None, **given: Any) -> Handheld:
        """A new phone of its own holder, which has synced once; its network is `phone.network`."""
        network, clocks = Network(self.api), Clocks(self.api)
        folder = self.folder / f"phone-{len(self._phones)}"
        phone = Handheld(folder / "queue.db", transport=network, clock=clocks, **given)
        phone.network, phone.clocks = network, clocks
        self._phones.append(phone)
        if paired:
            phone.pair("https://van.test", token or self.api.token("crew", another=True))
            assert phone.sync().problem is None
        return phone

    def let_go(self) -> None:
        for phone in self._phones:
            phone.let_go()

    def visits(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.api.get("/v1/visits").json["items"]
        return found

    def counted(self) -> int:
        return sum(visit["attendance"]["total"] for visit in self.visits())


def backed_up(api: Api) -> None:
    """As if a backup had just been made."""
    with api.database.write() as session:
        counter = session.get_one(ChangeCounter, 1)
        counter.backed_up_no, counter.backed_up_at = counter.value, api.clock()


def new_epoch(api: Api) -> None:
    """What `outreach restore` leaves behind, besides an older database."""
    with api.database.write() as session:
        session.get_one(ChangeCounter, 1).epoch = uuid.uuid4()
