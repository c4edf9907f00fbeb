"""Subscribes to weeks and runs the worker that tells of them, for tests."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from outreach_api import worker
from outreach_api.reports.deliveries import sending
from outreach_api.settings import Settings
from tests.api import Answer, Api
from tests.mailbox import Mailbox

PATH = "/v1/report-deliveries"


class Office:
    """An office whose worker may call this machine; `work` runs what is due by now."""

    def __init__(self, api: Api, monkeypatch: pytest.MonkeyPatch, box: Mailbox | None = None) -> None:
        self.api = api
        self.settings = Settings(
            webhook_lan="yes",
            smtp_url=box.url if box else "",
            mail_sender="alerts@example.org" if box else "",
            public_url="https://api.example.org",
        )
        monkeypatch.setattr(sending, "load_keyring", lambda _: _Lent(api))
        here = api.app.extensions["outreach"]
        monkeypatch.setitem(api.app.extensions, "outreach", replace(here, settings=self.settings))

    def work(self, **later: float) -> int:
        """Runs what is due after some time; answers how many jobs that was."""
        self.api.clock.forward(**later)
        return worker.run_due(self.api.database, self.settings, self.api.clock, handlers=worker.DELIVERIES)

    def subscribe(self, url: str | None = None, **said: Any) -> Any:
        body = {"label": "集計", **({"url": url} if url else {}), **said}
        made = self.api.post(PATH, body)
        assert made.status == 201, made
        return made.json

    def see(self, subscription: Any) -> Any:
        return self.api.get(f"{PATH}/{subscription['id']}").json

    def attempts(self, subscription: Any) -> list[Any]:
        """The oldest first."""
        found: list[Any] = self.api.get(f"{PATH}/{subscription['id']}/attempts").json["items"]
        return found[::-1]

    def ask(self, subscription: Any, what: str, **kwargs: Any) -> Answer:
        return self.api.post(f"{PATH}/{subscription['id']}/{what}", {}, **kwargs)

    @property
    def now(self) -> dt.datetime:
        return self.api.clock.now


class _Lent:
    """The test's keys, which are everybody's: not to be closed."""

    def __init__(self, api: Api) -> None:
        self.secret = api.keyring.secret

    def close(self) -> None:
        pass
