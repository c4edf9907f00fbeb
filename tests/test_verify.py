"""`outreach verify` finds what no request would notice: contents that another key sealed, numbers never given out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from outreach_api.app import create_app
from outreach_api.cli import main
from outreach_api.kernel.ids import new_id
from outreach_api.settings import Settings, settings_in
from outreach_api.storage.keyring import Keyring, load_keyring, make_keys
from outreach_api.storage.ledger import Change, ChangeCounter, Receipt
from outreach_api.storage.session import Database
from tests.api import Api, StandingClock
from tests.conftest import START
from tests.http.test_sync import operation, push, results, stop_of
from tests.releasing import hold, release


@pytest.fixture
def database(empty_engine_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    for name in settings_in(os.environ):
        monkeypatch.delenv(name)
    monkeypatch.setenv("OUTREACH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("OUTREACH_DATABASE_URL", empty_engine_url)
    assert main(["init"]) == 0
    made = Database(empty_engine_url, pool_size=2)
    yield made
    made.close()


def api(database: Database, keyring: Keyring) -> Api:
    clock = StandingClock(START)
    return Api(create_app(Settings(), database=database, keyring=keyring, now=clock), database, clock)


def faults(capsys: pytest.CaptureFixture[str]) -> list[str]:
    capsys.readouterr()
    ended = main(["verify"])
    found = [line for line in capsys.readouterr().out.splitlines() if line.startswith("NG")]
    assert ended == (1 if found else 0)
    return found


@pytest.mark.parametrize("own", [True, False])
def test_the_key_must_fit_notes_and_rejected_operations(
    database: Database, capsys: pytest.CaptureFixture[str], tmp_path: Path, own: bool
) -> None:
    visit = str(new_id())
    note = {
        "visit_id": visit,
        "familiarity": "new",
        "depth": "chat",
        "stages": ["infant"],
        "topics": ["childcare"],
        "text": "夜泣き",
    }
    phone = api(
        database,
        load_keyring(Settings.from_environment()) if own else make_keys(Settings(home=tmp_path / "other")),
    )
    answer = push(
        phone,
        operation("visit.open", {"stop_id": stop_of(phone)}, entity_id=visit),
        operation("note.write", note),
        operation("note.write", note | {"familiarity": "cousin"}),
        operation("note.write", note | {"visit_id": str(new_id())}),
    )
    assert [result for result, _ in results(answer)] == ["applied", "applied", "rejected", "retry"]
    found = faults(capsys)
    if own:
        assert found == []
    else:
        (line,) = found
        assert "1 note texts were sealed with another key; 2 rejected operations were" in line


def put_beyond(database: Database, what: str, by: int) -> None:
    with database.write() as session:
        beyond = (session.scalar(sa.select(ChangeCounter.value)) or 0) + by
        statements: dict[str, Any] = {
            "a receipt": sa.update(Receipt).values(change_no=beyond),
            "a change": sa.update(Change)
            .where(Change.change_no == sa.select(sa.func.max(Change.change_no)).scalar_subquery())
            .values(change_no=beyond),
            "a backup": sa.update(ChangeCounter).values(backed_up_no=beyond, backed_up_at=START),
        }
        session.execute(statements[what])


@pytest.mark.parametrize("what", ["a receipt", "a change", "a backup"])
def test_no_number_may_be_beyond_the_counter(
    database: Database, capsys: pytest.CaptureFixture[str], what: str
) -> None:
    phone = api(database, load_keyring(Settings.from_environment()))
    push(phone, operation("visit.open", {"stop_id": stop_of(phone)}))
    put_beyond(database, what, by=0)
    assert faults(capsys) == []
    put_beyond(database, what, by=1)
    (line,) = faults(capsys)
    assert f", {what} at " in line


def test_a_published_figure_that_was_told_by_nobody_is_found(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    keyring = load_keyring(Settings.from_environment())
    here = api(database, keyring)
    hold(here)
    assert release(here).status == 201
    assert faults(capsys) == []
    with database.write() as session:
        session.execute(sa.text("UPDATE published_reach SET value = value + 5 WHERE figure = 'adults'"))
    assert "adults" in faults(capsys)[0]
