"""What is erased is gone: from every file of the database, from old backups, and also after a restore."""

from __future__ import annotations

import datetime as dt
import json
import os
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from outreach_api.app import create_app
from outreach_api.cli import serving
from outreach_api.cli.entry import main
from outreach_api.kernel.clock import utc_now
from outreach_api.kernel.week import local_day
from outreach_api.settings import Settings, settings_in
from outreach_api.storage import sealed_values
from outreach_api.storage.contacts import ContactNote
from outreach_api.storage.keyring import load_keyring
from outreach_api.storage.ledger import Rejection
from outreach_api.storage.master_key import CannotOpen
from outreach_api.storage.session import Database
from outreach_api.sync.rules import SEALED_IN
from tests.api import Api, StandingClock
from tests.http.test_rejections import note
from tests.http.test_sync import push
from tests.http.test_withdrawn_consent import sent_now
from tests.make import make_visit

TEXT = "夜泣きで眠れないとのこと。次の日程を渡した。"
LONG_AGO = dt.datetime(2026, 3, 1, 3, 0, tzinfo=dt.UTC)
PLACE = {"table": "contact_notes", "column": "text_sealed"}


@pytest.fixture
def settings(empty_engine_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name in settings_in(os.environ):
        monkeypatch.delenv(name)
    monkeypatch.setenv("OUTREACH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("OUTREACH_DATABASE_URL", empty_engine_url)
    assert main(["init"]) == 0
    return Settings.from_environment()


@pytest.fixture
def api(settings: Settings) -> Iterator[Api]:
    """As it was half a year ago."""
    database, clock = Database(settings.database, pool_size=2), StandingClock(LONG_AGO)
    with closing(load_keyring(settings)) as keyring:
        yield Api(create_app(settings, database=database, keyring=keyring, now=clock), database, clock)
    database.close()


def write_notes(api: Api, count: int) -> list[uuid.UUID]:
    with api.database.write() as session:
        visit = make_visit(session, van_id=api.van, local_day=LONG_AGO.date())
    payload = {"visit_id": str(visit.id), "depth": "chat", "text": TEXT}
    made = [api.post("/v1/contact-notes", payload, role="crew") for _ in range(count)]
    return [uuid.UUID(answer.json["id"]) for answer in made]


def sealed(api: Api) -> dict[uuid.UUID, bytes]:
    with api.database.read() as session:
        kept = sa.select(ContactNote.id, ContactNote.text_sealed).where(ContactNote.has_text)
        return {note_id: bytes(value) for note_id, value in session.execute(kept) if value is not None}


def put_back(api: Api, texts: dict[uuid.UUID, bytes]) -> None:
    """As a restore of an older backup does."""
    with api.database.write() as session:
        for note_id, value in texts.items():
            session.execute(
                sa.update(ContactNote)
                .where(ContactNote.id == note_id)
                .values(text_sealed=value, text_purged_at=None)
            )


def in_the_files(api: Api, value: bytes) -> list[str]:
    """The files of the database in which these bytes stand; PostgreSQL's own log is not the database's."""
    if api.database.is_sqlite:
        file = Path(str(api.database.url.database))
        files = list(file.parent.glob(file.name + "*"))
    else:
        with api.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("CHECKPOINT")
            folder = connection.exec_driver_sql("SHOW data_directory").scalar_one()
            number = connection.exec_driver_sql(
                "SELECT oid FROM pg_database WHERE datname = current_database()"
            ).scalar_one()
        files = list((Path(folder) / "base" / str(number)).iterdir())
        if not os.access(files[0], os.R_OK):
            pytest.skip("the files of this PostgreSQL are not ours to read")
    return [file.name for file in files if value in file.read_bytes()]


def test_after_a_purge_no_byte_of_a_text_is_left_in_any_file_of_the_database(api: Api) -> None:
    write_notes(api, 40)
    texts = sealed(api)
    assert len(texts) == 40
    assert any(in_the_files(api, value) for value in texts.values()), "else this looks in the wrong place"
    assert main(["purge"]) == 0
    assert sealed(api) == {}
    assert [name for value in texts.values() for name in in_the_files(api, value[-24:])] == []


@pytest.mark.parametrize("empty_engine_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("looks_at", ["contact_notes", "vans"])
def test_while_somebody_reads_what_was_before_purge_says_that_traces_stay(
    api: Api, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], looks_at: str
) -> None:
    monkeypatch.setattr(sealed_values, "SECONDS_FOR_READERS", 0.5)
    write_notes(api, 3)
    (value, *_) = sealed(api).values()
    with api.database.read() as reader:
        reader.execute(sa.text(f"SELECT count(*) FROM {looks_at}"))
        assert main(["purge"]) == 0
        assert "traces stay" in capsys.readouterr().err
        assert in_the_files(api, value[-24:])
    assert main(["purge"]) == 0
    assert "traces stay" not in capsys.readouterr().err
    assert in_the_files(api, value[-24:]) == []


def test_a_purge_leaves_its_proof_in_the_audit(api: Api) -> None:
    write_notes(api, 3)
    assert main(["purge"]) == 0
    rows = api.get("/v1/audit", role="admin").json["items"]
    assert ("purgeNoteTexts", "purged 3") in [(row["action"], row["outcome"]) for row in rows]


def test_a_text_that_was_erased_on_request_is_erased_again_after_a_restore(
    api: Api, capsys: pytest.CaptureFixture[str]
) -> None:
    asked_for, kept = write_notes(api, 2)
    before = sealed(api)
    assert api.post(f"/v1/contact-notes/{asked_for}/erase-text", {}, role="safeguarding").status == 200
    put_back(api, before)
    serving.prepare(Settings.from_environment())
    assert set(sealed(api)) == {kept}
    assert "Erased 1 texts again" in capsys.readouterr().err
    assert in_the_files(api, before[asked_for][-24:]) == []
    view = api.get(f"/v1/contact-notes/{asked_for}", role="safeguarding").json
    assert view["text_state"] == "purged"
    serving.prepare(Settings.from_environment())
    assert "again" not in capsys.readouterr().err


def test_what_was_erased_at_a_stop_on_request_is_in_no_file_after_the_next_purge(api: Api) -> None:
    api.clock.now = utc_now()  # no purge would take any of it yet
    today = local_day(api.clock())
    with api.database.write() as session:
        here, elsewhere = (make_visit(session, van_id=api.van, day=today) for _ in range(2))
    for visit in (here, elsewhere):
        said = [note(str(visit.id), text=TEXT) for _ in range(20)]
        assert push(api, *said, note(str(visit.id), mood="sad"), sent_at=sent_now(api)).status == 200
    values, at_first = here_and_elsewhere(api, here.id), sealed(api)
    assert [len(some) for some in values] == [21, 21]
    assert any(in_the_files(api, value) for value in values[0]), "else this looks in the wrong place"
    days = {"from_day": today.isoformat(), "to_day": today.isoformat(), "reason": "person_asked"}
    answer = api.post("/v1/erasures", {"stop_id": str(here.stop_id), **days}, role="safeguarding")
    assert (answer.json["erased"], answer.json["letters_erased"]) == (20, 1), answer
    assert main(["purge"]) == 0
    assert [name for value in values[0] for name in in_the_files(api, value[-24:])] == []
    assert len(sealed(api)) == 20 < len(at_first)
    assert all(in_the_files(api, value[-24:]) for value in values[1]), "the purge took nothing by itself"


def here_and_elsewhere(api: Api, visit_id: uuid.UUID) -> tuple[list[bytes], list[bytes]]:
    """What is sealed of a visit, and what is of others: texts, and letters that were to become one."""
    found: tuple[list[bytes], list[bytes]] = ([], [])
    with api.database.read() as session:
        notes = session.execute(
            sa.select(ContactNote.visit_id, ContactNote.text_sealed).where(ContactNote.has_text)
        )
        for of_visit, value in notes:
            found[of_visit != visit_id].append(bytes(value))
        for letter_id, value in session.execute(sa.select(Rejection.id, Rejection.sealed)):
            content = json.loads(api.keyring.open(bytes(value), **SEALED_IN, row=letter_id))
            found[content["payload"]["visit_id"] != str(visit_id)].append(bytes(value))
    return found


def test_what_a_purge_erased_does_not_come_back_by_begin_epoch_either(api: Api) -> None:
    write_notes(api, 3)
    before = sealed(api)
    assert main(["purge"]) == 0
    put_back(api, before)
    assert main(["begin-epoch"]) == 0
    assert sealed(api) == {}


def test_once_a_months_texts_are_gone_its_key_is_destroyed_and_old_backups_are_mute(
    api: Api, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    (first, *_) = write_notes(api, 2)
    backup = sealed(api)
    assert main(["purge"]) == 0
    assert "Destroyed the keys of" in capsys.readouterr().err
    with closing(load_keyring(settings)) as thief, pytest.raises(CannotOpen):
        thief.open(backup[first], **PLACE, row=first)


def test_a_key_stays_while_one_text_of_its_month_is_on_hold(api: Api, settings: Settings) -> None:
    held, _ = write_notes(api, 2)
    assert api.post(f"/v1/contact-notes/{held}/hold", {}, role="safeguarding").status == 200
    assert main(["purge"]) == 0
    with closing(load_keyring(settings)) as keyring:
        assert keyring.open(sealed(api)[held], **PLACE, row=held) == TEXT


def test_the_key_of_a_month_outlives_it_by_a_month(api: Api) -> None:
    write_notes(api, 1)
    with api.database.write() as session:
        session.execute(sa.update(ContactNote).values(text_sealed=None))
        for days, destroyed in ((31, 0), (61, 0), (62, 1)):
            later = LONG_AGO + dt.timedelta(days=days)
            assert sealed_values.destroy_unused_keys(session, api.keyring, later) == destroyed


def test_keys_are_changed_while_a_server_runs_and_everything_goes_on(api: Api, settings: Settings) -> None:
    note, _ = write_notes(api, 2)
    before = settings.master_key_file.read_text()
    assert main(["rotate-keys"]) == 0
    assert settings.master_key_file.read_text() != before
    text = api.get(f"/v1/contact-notes/{note}/text?purpose=referral", role="safeguarding")
    assert text.json["text"] == TEXT
    # A month for which there is no key yet: the running server makes one, after the change.
    later = api.keyring.seal(TEXT, **PLACE, row=note, at=LONG_AGO + dt.timedelta(days=500))
    assert main(["verify"]) == 0
    with closing(load_keyring(settings)) as keyring:
        assert keyring.open(later, **PLACE, row=note) == TEXT


def test_the_copy_of_the_cabinet_opens_with_the_key_and_never_replaces_a_file(
    api: Api, settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (note, _) = write_notes(api, 2)
    target = tmp_path / "keys.copy"
    assert main(["backup-keys", str(target)]) == 0
    assert target.stat().st_mode & 0o077 == 0
    copy = Settings(home=settings.home, cabinet_url=f"sqlite:///{target}")
    with closing(load_keyring(copy)) as keyring:
        assert keyring.open(sealed(api)[note], **PLACE, row=note) == TEXT
    assert main(["backup-keys", str(target)]) == 1
    assert "name another file" in capsys.readouterr().err
