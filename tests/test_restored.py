"""A database that went back to an earlier state: phones notice, send again what it lost, and nothing is doubled."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from outreach_api.app import create_app
from outreach_api.cli import backups, main, serving
from outreach_api.kernel.ids import new_id
from outreach_api.ledger import counter, epochs
from outreach_api.settings import Settings, settings_in
from outreach_api.storage.keyring import load_keyring
from outreach_api.storage.ledger import AuditEntry, Change, ChangeCounter
from outreach_api.storage.session import Database
from tests.api import Api, StandingClock
from tests.conftest import START
from tests.dumping import Console
from tests.http.test_sync import operation, push, results, stop_of


@pytest.fixture
def api(empty_engine_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    """The API over a database that the console commands know, too."""
    for name in settings_in(os.environ):
        monkeypatch.delenv(name)
    monkeypatch.setenv("OUTREACH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("OUTREACH_DATABASE_URL", empty_engine_url)
    assert main(["init"]) == 0
    settings, clock = Settings.from_environment(), StandingClock(START)
    database = Database(empty_engine_url, pool_size=2)
    keyring = load_keyring(settings)
    yield Api(create_app(settings, database=database, keyring=keyring, now=clock), database, clock)
    database.close()


@pytest.fixture
def console(api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Console:
    return Console(api.database, tmp_path, monkeypatch)


def pull(api: Api, cursor: str | None = None) -> Any:
    return api.get("/v1/sync/pull?limit=500" + (f"&cursor={cursor}" if cursor else ""), role="crew")


def tap(visit: str) -> dict[str, Any]:
    return operation("head_count.add", {"visit_id": visit, "counts": {"infant": 1}})


def heads(api: Api, visit: str) -> int:
    return int(api.get(f"/v1/visits/{visit}").json["attendance"]["total"])


def counts(api: Api) -> tuple[int, int | None]:
    """Where the counter stands, and up to where a backup covers it."""
    with api.database.read() as session:
        return counter.current(session)[0], session.scalar(sa.select(ChangeCounter.backed_up_no))


def backed_up(api: Api) -> Any:
    return api.get("/v1/sync/digest", role="crew").json["backed_up"]


def go_back(api: Api, by: int) -> None:
    """As if a disk image of before the last changes had been put back."""
    with api.database.write() as session:
        last = counter.current(session)[0] - by
        session.execute(sa.update(ChangeCounter).values(value=last))
        session.execute(sa.delete(Change).where(Change.change_no > last))


def test_what_the_backup_lacks_is_pushed_again_and_nothing_is_doubled(api: Api, console: Console) -> None:
    visit = str(new_id())
    before = [operation("visit.open", {"stop_id": stop_of(api)}, entity_id=visit), tap(visit), tap(visit)]
    assert results(push(api, *before)) == [("applied", None)] * 3
    console.back_up()
    copied = counts(api)[0]
    assert backed_up(api)["change_no"] == copied
    after = [tap(visit), tap(visit), operation("visit.close", {}, entity_id=visit)]
    assert results(push(api, *after)) == [("applied", None)] * 3
    known = pull(api).json

    console.restore()
    assert (pull(api, known["cursor"]).status, pull(api, known["cursor"]).code) == (410, "resync_needed")
    anew = pull(api).json
    assert anew["epoch"] != known["epoch"]
    assert heads(api, visit) == 2
    assert results(push(api, *before, *after)) == [("duplicate", None)] * 3 + [("applied", None)] * 3
    assert results(push(api, *before, *after)) == [("duplicate", None)] * 6
    assert (heads(api, visit), api.get(f"/v1/visits/{visit}").json["status"]) == (4, "closed")
    assert pull(api, anew["cursor"]).json["epoch"] == anew["epoch"]
    # pg_dump can't write into a dump that it is made; whoever restores by pg_restore makes the next backup.
    assert counts(api)[1] == (copied if api.database.is_sqlite else None)
    assert main(["verify"]) == 0


def test_a_token_that_another_one_replaced_after_the_backup_stays_ended(api: Api, console: Console) -> None:
    shown = api.post("/v1/pairings", {"van_id": str(api.van)}).json
    old = api.post("/v1/pairings/redeem", {"code": shown["code"]}, role=None).json["token"]

    def rotated() -> str:
        return str(api.post("/v1/tokens/rotate", role=None, token=old).json["token"])

    def comes_in(token: str) -> bool:
        return api.get("/v1/me", role=None, token=token).status == 200

    lost = rotated()
    console.back_up()
    new = rotated()
    assert comes_in(new)
    console.restore()
    serving.prepare(Settings.from_environment())
    assert [comes_in(token) for token in (old, lost)] == [False, False]


def test_a_backup_that_was_put_back_by_hand_is_another_epoch_too(api: Api, console: Console) -> None:
    known = pull(api).json
    console.back_up()
    console.put_back_and_forget_the_rest()
    assert pull(api, known["cursor"]).code == "resync_needed"
    assert pull(api).json["epoch"] != known["epoch"]


def test_a_cursor_beyond_the_counter_begins_an_epoch_and_the_audit_says_so(api: Api) -> None:
    visit = str(new_id())
    push(api, operation("visit.open", {"stop_id": stop_of(api)}, entity_id=visit), tap(visit))
    known = pull(api).json
    go_back(api, by=2)
    for _ in range(2):  # each phone comes with such a cursor; it begins once
        assert (pull(api, known["cursor"]).status, pull(api, known["cursor"]).code) == (410, "resync_needed")
    anew = pull(api).json
    assert anew["epoch"] != known["epoch"]
    assert pull(api, anew["cursor"]).json["epoch"] == anew["epoch"]
    last, _ = counts(api)
    with api.database.read() as session:
        (row,) = session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "beginEpoch"))
    assert row.purpose == f"a cursor stands at {last + 2}, the counter at {last}"


def test_of_two_that_notice_at_once_one_begins_the_epoch(api: Api) -> None:
    with api.database.write() as session:
        last, epoch = counter.current(session)
        assert not epochs.went_back(session, last, str(epoch))
        assert counter.current(session)[1] == epoch
        assert epochs.went_back(session, last + 1, str(epoch))
        begun = counter.current(session)[1]
        assert not epochs.went_back(session, last + 1, str(epoch))
        assert counter.current(session)[1] == begun != epoch


def test_a_cursor_at_the_counter_goes_on(api: Api) -> None:
    stop_of(api)
    known = pull(api).json
    assert pull(api, known["cursor"]).json["epoch"] == known["epoch"]


def test_begin_epoch_has_phones_pull_anew_and_leaves_the_rest(
    api: Api, capsys: pytest.CaptureFixture[str]
) -> None:
    with api.database.write() as session:
        epochs.covered(session, 1, START)
    known, stood = pull(api).json, counts(api)
    assert main(["begin-epoch"]) == 0
    assert "push again what they still hold" in capsys.readouterr().err
    assert pull(api, known["cursor"]).code == "resync_needed"
    assert pull(api).json["epoch"] != known["epoch"]
    assert counts(api) == stood
    assert main(["verify"]) == 0


def marked(capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    assert main(["mark-backup"]) == 0
    return capsys.readouterr().out.strip()


def test_a_backup_by_other_means_is_marked_up_to_where_it_began(
    api: Api, capsys: pytest.CaptureFixture[str]
) -> None:
    stop_of(api)
    began, mark = counts(api)[0], marked(capsys)
    push(api, operation("visit.open", {"stop_id": stop_of(api)}))
    assert backed_up(api) is None
    assert main(["mark-backup", mark]) == 0
    assert backed_up(api)["change_no"] == began < counts(api)[0]


def test_a_mark_of_another_epoch_or_of_a_state_that_never_was_is_refused(
    api: Api, capsys: pytest.CaptureFixture[str]
) -> None:
    mark = marked(capsys)
    number, _, epoch = mark.partition("-")
    for strange in (f"{int(number) + 1}-{epoch}", number, f"{number}-0000000", "", "backup"):
        assert main(["mark-backup", strange]) == 1
    assert main(["begin-epoch"]) == 0
    assert main(["mark-backup", mark]) == 1
    assert counts(api)[1] is None
    assert main(["mark-backup", marked(capsys)]) == 0


def test_a_backup_that_took_longer_takes_nothing_back(api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    early = marked(capsys)
    push(api, operation("visit.open", {"stop_id": stop_of(api)}))
    late = marked(capsys)
    assert main(["mark-backup", late]) == 0
    assert main(["mark-backup", early]) == 0
    assert f"{counts(api)[1]}" == late.partition("-")[0]


def test_what_comes_while_a_backup_is_made_is_not_called_covered(
    api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = counts(api)[0]
    monkeypatch.setattr(backups.dumps, "program", lambda: "pg_dump")
    monkeypatch.setattr(
        backups,
        "_write",
        lambda _, target: (target.touch(), push(api, operation("visit.open", {"stop_id": stop}))),
    )
    stop = stop_of(api)
    assert main(["backup", str(tmp_path / "copy")]) == 0
    assert began == counts(api)[1] < counts(api)[0]


def test_a_backup_of_before_a_restore_is_not_called_one_of_what_came_after(
    api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(backups.dumps, "program", lambda: "pg_dump")
    monkeypatch.setattr(backups, "_write", lambda *_: main(["begin-epoch"]))
    assert main(["backup", str(tmp_path / "copy")]) == 1
    assert "Make another backup" in capsys.readouterr().err
    assert counts(api)[1] is None
