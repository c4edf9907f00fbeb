"""import-queue names who did what a shared phone kept, as that phone's own push would have."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from outreach_api.app import create_app
from outreach_api.cli import main
from outreach_api.kernel.clock import utc_now
from outreach_api.kernel.week import local_day
from outreach_api.settings import Settings, settings_in
from outreach_api.storage.keyring import load_keyring
from outreach_api.storage.session import Database
from tests.api import Api, StandingClock
from tests.http.test_rejections import visit_of
from tests.http.test_shift_pins import check_of, person, pins, shift, signers, wrong_pins
from tests.http.test_withdrawn_consent import sent_now


@pytest.fixture
def api(empty_engine_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    """The API over a database that the console commands know, too; it is now."""
    for name in settings_in(os.environ):
        monkeypatch.delenv(name)
    monkeypatch.setenv("OUTREACH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("OUTREACH_DATABASE_URL", empty_engine_url)
    assert main(["init"]) == 0
    settings, clock = Settings.from_environment(), StandingClock(utc_now())
    database = Database(empty_engine_url, pool_size=2)
    with closing(load_keyring(settings)) as keyring:
        yield Api(create_app(settings, database=database, keyring=keyring, now=clock), database, clock)
    database.close()


def test_what_a_lost_phone_kept_names_who_did_it(api: Api, tmp_path: Path) -> None:
    visit, someone = visit_of(api), person(api, "スタッフA")
    told = pins(api, shift(api, someone, day=local_day(api.clock()).isoformat()))
    kept = [
        check_of(visit, pin=pin, occurred_at=sent_now(api)) for pin in (told[someone], wrong_pins(told)[0])
    ]
    head = {
        "outreach_queue": 1,
        "holder_id": api.get("/v1/me", role="crew").json["holder_id"],
        "skew_seconds": 0,
    }
    file = tmp_path / "queue.jsonl"
    file.write_text("\n".join(json.dumps(line) for line in (head, *({"operation": one} for one in kept))))
    assert main(["import-queue", str(file)]) == 0
    assert signers(api) == {someone, None}
