"""Who saw what since when: of a text, of all at a visit or stop, by a holder; and never what they saw."""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from outreach_api.app import create_app
from outreach_api.cli.entry import main
from outreach_api.settings import Settings, settings_in
from outreach_api.storage.keyring import load_keyring
from outreach_api.storage.ledger import AuditEntry
from outreach_api.storage.session import Database
from outreach_api.storage.stops import Stop
from tests.api import Api, StandingClock
from tests.http.test_contact_notes import write_note
from tests.http.test_erasures import erase, stop_at, visit_at
from tests.http.test_note_texts import TEXT, read_back, read_text
from tests.http.test_rejections import content_of, letters, note
from tests.http.test_sync import push
from tests.telling import merge


def asked(api: Api, role: str = "safeguarding", **query: Any) -> list[dict[str, Any]]:
    words = "&".join(f"{name}={value}" for name, value in query.items())
    answer = api.get(f"/v1/audit?{words}", role=role)
    assert answer.status == 200, answer
    found: list[dict[str, Any]] = answer.json["items"]
    return found


def test_a_row_says_who_why_and_of_which_visit_stop_and_day(api: Api) -> None:
    stop = stop_at(api)
    visit = visit_at(api, stop)
    written = write_note(api, visit, text=TEXT)
    read_text(api, written, purpose="referral")
    (row,) = asked(api, entity_id=written)
    said = (row["holder"], row["label"], row["role"], row["purpose"], row["outcome"])
    assert said == ("person", "safeguardingさん", "safeguarding", "referral", "allowed")
    assert (row["visit_id"], row["stop_id"], row["local_day"]) == (visit, str(stop), "2026-11-28")
    assert TEXT not in str(row)


def test_everything_that_was_opened_of_a_stop_is_found_also_by_its_joined_visits_and_letters(
    api: Api,
) -> None:
    stop, other = stop_at(api), stop_at(api)
    kept, joining, elsewhere = visit_at(api, stop), visit_at(api, stop), visit_at(api, other)
    for visit in (kept, joining, elsewhere):
        read_text(api, write_note(api, visit, text=TEXT))
    push(api, note(joining, mood="sad"))
    content_of(api, letters(api)[0])
    merge(api, joining, kept)
    erase(api, stop)
    actions = ["readNoteText", "readNoteText", "readRejectionOfVisit"]
    assert [row["action"] for row in asked(api, stop_id=stop)] == [*actions, "eraseTextsStop"]
    for visit in (kept, joining):
        assert [row["action"] for row in asked(api, visit_id=visit)] == actions
    assert [row["action"] for row in asked(api, visit_id=elsewhere)] == ["readNoteText"]


def test_it_is_narrowed_by_time_action_kind_outcome_and_holder(api: Api) -> None:
    written = write_note(api, visit_at(api, stop_at(api)), text=TEXT)
    read_back(api, written)
    api.clock.forward(hours=49)
    assert read_back(api, written).code == "readback_over"
    read_text(api, written)
    assert len(asked(api, entity_kind="note")) == 3
    (denied,) = asked(api, outcome="denied")
    assert (denied["outcome"], denied["holder"]) == ("denied: readback_over", "device")
    assert len(asked(api, outcome="allowed")) == 2
    assert len(asked(api, since="2026-11-29T00:00:00Z")) == 2
    assert len(asked(api, until="2026-11-29T00:00:00Z")) == 1
    assert len(asked(api, holder_id=denied["holder_id"])) == 2
    assert asked(api, action="exportReport") == []


def test_where_a_note_about_staff_was_written_is_told_to_safeguarding_alone(api: Api) -> None:
    visit = visit_at(api, stop_at(api))
    written = write_note(api, visit, text=TEXT, about_staff=True)
    read_text(api, written)
    assert len(asked(api, visit_id=visit)) == 1
    assert asked(api, role="admin", visit_id=visit) == []
    (row,) = asked(api, role="admin", entity_id=written)
    assert (row["visit_id"], row["stop_id"], row["local_day"]) == (None, None, None)


def test_of_somebody_who_left_the_id_stays(api: Api) -> None:
    made = api.post("/v1/people", {"name": "やまだ", "role": "safeguarding"}, role="admin").json
    code = api.post("/v1/pairings", {"person_id": made["id"]}, role="admin").json["code"]
    api.post("/v1/pairings/redeem", {"code": code}, role=None)
    (row,) = asked(api, holder_id=made["id"])
    assert (row["label"], row["action"]) == ("やまだ", "redeem")
    api.patch(f"/v1/people/{made['id']}", {"active": False}, version=1, role="admin")
    (row,) = asked(api, holder_id=made["id"])
    assert (row["holder_id"], row["holder"], row["label"]) == (made["id"], "person", None)


@pytest.fixture
def house(empty_engine_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    for name in settings_in(os.environ):
        monkeypatch.delenv(name)
    monkeypatch.setenv("OUTREACH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("OUTREACH_DATABASE_URL", empty_engine_url)
    assert main(["init"]) == 0
    settings = Settings.from_environment()
    database, clock = (
        Database(settings.database, pool_size=2),
        StandingClock(dt.datetime(2026, 11, 28, 3, tzinfo=dt.UTC)),
    )
    with closing(load_keyring(settings)) as keyring:
        yield Api(create_app(settings, database=database, keyring=keyring, now=clock), database, clock)
    database.close()


def test_the_console_lists_it_for_a_breach_report_and_says_that_it_was_asked(
    house: Api, capsys: pytest.CaptureFixture[str]
) -> None:
    stop = stop_at(house)
    visit = visit_at(house, stop)
    written = write_note(house, visit, text=TEXT)
    read_text(house, written, purpose="referral")
    house.get(f"/v1/contact-notes/{written}/text", role="coordinator")
    with house.database.read() as session:
        code = session.scalars(sa.select(Stop.code).where(Stop.id == stop)).one()
    capsys.readouterr()
    for of in (["--stop", code], ["--entity", written], ["--entity", visit]):
        assert main(["who-saw", "--since", "2026-11-28", "--until", "2026-11-28", *of, "--csv"]) == 0
        out = capsys.readouterr().out
        lines = list(csv.reader(io.StringIO(out.removeprefix("\ufeff"))))
        assert [(line[5 + 2], line[8], line[9], line[13], line[14]) for line in lines[1:]] == [
            ("readNoteText", "allowed", "referral", code, "2026-11-28"),
            ("readNoteText", "denied: forbidden", "", code, "2026-11-28"),
        ]
        assert lines[1][1] == "safeguardingさん"
        assert TEXT not in out
    assert main(["who-saw", "--since", "2026-11-28", "--until", "2026-11-28"]) == 0
    assert "safeguardingさん" in capsys.readouterr().out
    assert main(["who-saw", "--since", "2026-11-29", "--until", "2026-11-28"]) == 1
    assert main(["who-saw", "--since", "2026-11-28", "--stop", "nowhere"]) == 1
    with house.database.read() as session:
        said = session.scalars(sa.select(AuditEntry.purpose).where(AuditEntry.action == "who_saw")).all()
    assert len(said) == 4
    assert said[0] == f"since 2026-11-28 until 2026-11-28 stop {code}"


def test_a_copy_of_the_cabinet_leaves_its_row(house: Api, tmp_path: Path) -> None:
    assert main(["backup-keys", str(tmp_path / "keys.copy")]) == 0
    (row,) = asked(house, action="backup_keys")
    assert (row["holder"], row["purpose"]) == ("console", "keys.copy")
