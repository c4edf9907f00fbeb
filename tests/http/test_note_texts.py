"""The text of a note: sealed, opened only with a row in the audit, purged by the server's clock."""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from outreach_api.contacts.reads import texts
from outreach_api.contacts.writes.texts import Purged, purge_texts
from outreach_api.ledger import audit
from outreach_api.storage.contacts import ContactNote
from outreach_api.storage.tables import METADATA
from tests.api import Answer, Api
from tests.http.test_contact_notes import note_for, visit_of, write_note
from tests.http.test_sync import operation, push, results

TEXT = "夜泣きがつづきねむれないと話す"


def read_text(api: Api, note: str, *, purpose: str | None = "safeguarding", **kwargs: Any) -> Answer:
    query = "" if purpose is None else f"?purpose={purpose}"
    return api.get(f"/v1/contact-notes/{note}/text{query}", **{"role": "safeguarding", **kwargs})


def read_back(api: Api, note: str, **kwargs: Any) -> Answer:
    return read_text(api, note, purpose=None, role="crew", **kwargs)


def audited(api: Api) -> list[tuple[str, str | None, str | None, str]]:
    """(action, role, purpose, outcome) of every row."""
    items = api.get("/v1/audit", role="admin").json["items"]
    return [(row["action"], row["role"], row["purpose"], row["outcome"]) for row in items]


def purge(api: Api, days: int = 90) -> Purged:
    with api.database.write() as session:
        return purge_texts(session, api.keyring, api.clock(), days)


def test_safeguarding_opens_a_text_with_a_purpose_that_is_recorded(api: Api) -> None:
    note = write_note(api, visit_of(api), text=TEXT)
    opened = read_text(api, note, purpose="referral")
    assert (opened.status, opened.json["text"], opened.json["purpose"]) == (200, TEXT, "referral")
    assert opened.headers["Cache-Control"] == "no-store"
    rows = api.get(f"/v1/audit?entity_id={note}", role="admin").json["items"]
    assert [(row["action"], row["purpose"], row["outcome"]) for row in rows] == [
        ("readNoteText", "referral", "allowed")
    ]


@pytest.mark.parametrize("purpose", [None, "read_back"])
def test_without_a_purpose_there_is_no_text_and_the_attempt_is_recorded(
    api: Api, purpose: str | None
) -> None:
    note = write_note(api, visit_of(api), text=TEXT)
    refused = read_text(api, note, purpose=purpose)
    assert (refused.status, refused.code) == (422, "purpose_required")
    assert audited(api) == [("readNoteText", "safeguarding", purpose, "denied: purpose_required")]


def test_a_purpose_that_is_not_in_the_list_is_refused(api: Api) -> None:
    note = write_note(api, visit_of(api), text=TEXT)
    assert read_text(api, note, purpose="curiosity").faults == {"?purpose": "not_in_list"}


def test_where_the_audit_fails_no_text_is_shown(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    note = write_note(api, visit_of(api), text=TEXT)

    def full(*_: Any, **__: Any) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(audit, "record", full)
    answer = read_text(api, note, check=False)
    assert answer.status == 500
    assert TEXT not in answer.text


def test_the_row_stands_before_the_text_is_opened(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    note = write_note(api, visit_of(api), text=TEXT)
    order: list[str] = []
    record, opens = audit.record, texts.Keyring.open

    def recorded(*args: Any, **kwargs: Any) -> None:
        record(*args, **kwargs)
        order.append("recorded")

    def opened(*args: Any, **kwargs: Any) -> str:
        order.append("opened")
        return opens(*args, **kwargs)

    monkeypatch.setattr(audit, "record", recorded)
    monkeypatch.setattr(texts.Keyring, "open", opened)
    assert read_text(api, note).status == 200
    assert order == ["recorded", "opened"]


@pytest.mark.parametrize("role", ["coordinator", "reporter", "admin"])
def test_an_attempt_by_a_role_that_may_never_read_is_recorded_too(api: Api, role: str) -> None:
    note = write_note(api, visit_of(api), text=TEXT)
    assert read_text(api, note, role=role).status == 403
    rows = api.get(f"/v1/audit?entity_id={note}", role="admin").json["items"]
    assert [(row["role"], row["entity_kind"], row["outcome"]) for row in rows] == [
        (role, "note", "denied: forbidden")
    ]


def test_crew_read_back_their_own_vans_text_for_48_hours_by_the_servers_clock(api: Api) -> None:
    visit = visit_of(api)
    sent = operation("note.write", note_for(visit, text=TEXT), occurred_at="2020-01-01T00:00:00Z")
    assert results(push(api, sent)) == [("applied", None)]
    api.clock.forward(hours=48)
    back = read_back(api, sent["entity_id"])
    assert (back.status, back.json["text"], back.json["purpose"]) == (200, TEXT, "read_back")
    api.clock.forward(seconds=1)
    over = read_back(api, sent["entity_id"])
    assert (over.status, over.code) == (403, "readback_over")
    assert TEXT not in over.text
    assert [row[1:] for row in audited(api)] == [
        ("crew", "read_back", "allowed"),
        ("crew", None, "denied: readback_over"),
    ]


@pytest.mark.parametrize(
    "fields",
    [{"safety_concern": True}, {"topics": ["violence"]}, {"depth": "crisis"}],
    ids=["flagged", "violence", "crisis"],
)
def test_crew_never_read_back_the_text_of_a_concern(api: Api, fields: dict[str, Any]) -> None:
    note = write_note(api, visit_of(api), text=TEXT, **fields)
    refused = read_back(api, note)
    assert (refused.status, refused.code) == (403, "text_with_safeguarding")
    assert read_text(api, note).json["text"] == TEXT


def test_crew_may_claim_no_other_purpose(api: Api) -> None:
    note = write_note(api, visit_of(api), text=TEXT)
    assert read_text(api, note, purpose="safeguarding", role="crew").code == "purpose_not_yours"


def test_another_vans_text_does_not_exist_for_crew_and_the_attempt_is_recorded(api: Api) -> None:
    visit = visit_of(api, van=api.other_van)
    note = api.post("/v1/contact-notes", note_for(visit, text=TEXT), role="crew", van=api.other_van)
    assert read_back(api, note.json["id"]).status == 404
    assert audited(api)[-1] == ("readNoteText", "crew", None, "denied: not_found")


def test_a_note_without_text_has_none_to_open(api: Api) -> None:
    assert read_text(api, write_note(api, visit_of(api))).code == "no_text"


def test_the_text_stands_nowhere_but_sealed(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    visit = visit_of(api)
    body = note_for(visit, text=TEXT + "080-1111-2222", topics=["money"])
    answers = [api.post("/v1/contact-notes", body, role="crew")]
    note = answers[0].json["id"]
    pushed = operation("note.write", note_for(visit, text=TEXT))
    answers += [push(api, pushed), push(api, pushed), push(api, operation("note.write", {"text": TEXT}))]
    answers += [api.post("/v1/contact-notes", note_for(visit, text=TEXT * 20), role="crew")]
    for role in ("crew", "coordinator", "safeguarding"):
        answers += [api.get("/v1/contact-notes", role=role), api.get(f"/v1/contact-notes/{note}", role=role)]
    answers += [api.get("/v1/audit", role="admin"), api.get("/v1/safety-concerns", role="safeguarding")]
    for answer in answers:
        assert TEXT not in answer.text
        assert "1111-2222" not in answer.text
    assert TEXT not in caplog.text
    assert "1111-2222" not in caplog.text
    assert [found for found in everything_stored(api) if found] == []


def everything_stored(api: Api) -> list[str]:
    """Where the text's words stand plainly: in any column, and on SQLite in the files' bytes."""
    needles = [TEXT.encode(), TEXT.encode("utf-16-le"), TEXT.encode("utf-16-be"), b"080-1111-2222"]
    found = []
    with api.database.read() as session:
        for table in METADATA.sorted_tables:
            for row in session.execute(sa.select(table)):
                for value in row:
                    raw = value if isinstance(value, bytes) else str(value).encode()
                    found += [table.name for needle in needles if needle in raw]
    if api.database.is_sqlite:
        main = Path(str(api.database.url.database))
        for path in (main, Path(f"{main}-wal")):
            if path.exists():
                raw = path.read_bytes()
                found += [path.name for needle in needles if needle in raw]
    return found


def test_a_text_is_bound_to_its_note(api: Api) -> None:
    visit = visit_of(api)
    one, other = write_note(api, visit, text=TEXT), write_note(api, visit, text="ほかの話")
    with api.database.write() as session:
        sealed = session.scalar(sa.select(ContactNote.text_sealed).where(ContactNote.id == uuid.UUID(one)))
        session.execute(
            sa.update(ContactNote).where(ContactNote.id == uuid.UUID(other)).values(text_sealed=sealed)
        )
    moved = read_text(api, other)
    assert (moved.status, moved.code) == (503, "text_unreadable")
    assert TEXT not in moved.text


def test_texts_are_purged_90_days_after_the_visit_and_coded_fields_stay(api: Api) -> None:
    note = write_note(api, visit_of(api), text=TEXT, topics=["money"])
    api.clock.now = dt.datetime(2027, 2, 25, 14, 59, tzinfo=dt.UTC)  # 23:59 in Tokyo, day 89
    assert purge(api) == Purged(0, 0, 0)
    api.clock.forward(minutes=1)
    assert purge(api) == Purged(1, 0, 0)
    gone = read_text(api, note)
    assert (gone.status, gone.code) == (410, "text_purged")
    shown = api.get(f"/v1/contact-notes/{note}").json
    assert (shown["text_state"], shown["topics"]) == ("purged", ["money"])
    assert purge(api) == Purged(0, 0, 0)
    assert [row[0] for row in audited(api)] == ["purgeNoteTexts", "readNoteText"]


def test_no_phones_clock_keeps_a_text_longer(api: Api) -> None:
    note = write_note(api, visit_of(api, day=dt.date(2099, 1, 1)), text=TEXT)
    api.clock.forward(days=90)
    assert purge(api) == Purged(1, 0, 0)
    assert read_text(api, note).status == 410


def test_a_legal_hold_stops_the_purge_until_it_is_released(api: Api) -> None:
    note = write_note(api, visit_of(api), text=TEXT)
    held = api.post(f"/v1/contact-notes/{note}/hold", {}, role="safeguarding")
    assert held.json["legal_hold"] is True
    for _ in range(3):
        api.clock.forward(days=100)
        assert purge(api) == Purged(0, 1, 0)
        assert read_text(api, note).json["text"] == TEXT
    assert api.post(f"/v1/contact-notes/{note}/release-hold", role="safeguarding").status == 200
    assert purge(api) == Purged(1, 0, 0)
    late = api.post(f"/v1/contact-notes/{note}/hold", role="safeguarding")
    assert (late.status, late.code) == (409, "text_purged")


def test_an_open_concern_keeps_its_text_until_it_is_closed(api: Api) -> None:
    note = write_note(api, visit_of(api), text=TEXT, safety_concern=True)
    api.clock.forward(days=300)
    assert purge(api) == Purged(0, 0, 1)
    concern = api.get("/v1/safety-concerns", role="safeguarding").json["items"][0]
    closed = api.post(f"/v1/safety-concerns/{concern['id']}/close", role="safeguarding", version=1)
    assert closed.json["state"] == "closed"
    assert purge(api) == Purged(1, 0, 0)
    assert read_text(api, note).status == 410


def test_a_text_is_erased_when_somebody_asks_unless_it_is_held(api: Api) -> None:
    note = write_note(api, visit_of(api), text=TEXT)
    path = f"/v1/contact-notes/{note}"
    api.post(f"{path}/hold", role="safeguarding")
    assert api.post(f"{path}/erase-text", role="safeguarding").code == "text_held"
    api.post(f"{path}/release-hold", role="safeguarding")
    assert api.post(f"{path}/erase-text", role="safeguarding").json["text_state"] == "purged"
    assert read_text(api, note).status == 410


@pytest.mark.parametrize("verb", ["hold", "release-hold", "erase-text"])
def test_only_safeguarding_decides_about_texts(api: Api, verb: str) -> None:
    note = write_note(api, visit_of(api), text=TEXT)
    for role in ("crew", "coordinator", "reporter", "admin"):
        assert api.post(f"/v1/contact-notes/{note}/{verb}", role=role).status == 403


def test_a_failing_statement_does_not_tell_the_log_what_was_being_written(api: Api) -> None:
    with api.database.read() as session, pytest.raises(sa.exc.DBAPIError) as failed:
        session.execute(sa.text("SELECT :text FROM nowhere"), {"text": TEXT})
    assert TEXT not in str(failed.value)
