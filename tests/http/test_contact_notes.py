"""Contact notes through HTTP: coded fields, totals, who sees which, and warnings that tell nothing."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
import sqlalchemy as sa

from outreach_api.kernel.ids import new_id
from outreach_api.storage.contacts import ContactNote
from outreach_api.storage.ledger import VisitTotal
from tests.api import Api
from tests.http.test_sync import operation, push, results
from tests.make import make_visit


def visit_of(api: Api, *, van: uuid.UUID | None = None, **columns: Any) -> str:
    with api.database.write() as session:
        return str(make_visit(session, van_id=van or api.van, **columns).id)


def note_for(visit: str, **fields: Any) -> dict[str, Any]:
    return {"visit_id": visit, "depth": "chat", **fields}


def write_note(api: Api, visit: str, *, role: str = "crew", **fields: Any) -> str:
    made = api.post("/v1/contact-notes", note_for(visit, **fields), role=role)
    assert made.status == 201, made
    return str(made.json["id"])


def totals(api: Api, visit: str) -> dict[tuple[str, str], int]:
    with api.database.read() as session:
        rows = session.scalars(sa.select(VisitTotal).where(VisitTotal.visit_id == uuid.UUID(visit)))
        return {(row.measure, row.key): row.value for row in rows}


def test_a_note_answers_its_coded_fields(api: Api) -> None:
    visit = visit_of(api)
    said = {
        "familiarity": "new",
        "depth": "listening",
        "stages": ["infant", "preschool"],
        "topics": ["childcare"],
        "info_given": ["leaflet", "qr_card"],
        "first_connection": True,
    }
    made = api.post("/v1/contact-notes", {"visit_id": visit, **said}, role="crew")
    assert made.status == 201, made
    assert {name: made.json[name] for name in said} == said
    assert (made.json["local_day"], made.json["text_state"]) == ("2026-11-28", "none")
    assert made.json["warnings"] == []


def test_every_coded_answer_is_counted_once_in_the_totals_of_its_visit(api: Api) -> None:
    visit = visit_of(api)
    write_note(
        api,
        visit,
        familiarity="new",
        depth="consultation",
        stages=["infant", "elementary"],
        topics=["money", "food"],
        info_given=["leaflet", "spoken"],
        first_connection=True,
    )
    write_note(api, visit, familiarity="returning", topics=["food"], first_connection=False)
    write_note(api, visit)
    assert totals(api, visit) == {
        ("contacts", "new"): 1,
        ("contacts", "returning"): 1,
        ("contacts", "unknown"): 1,
        ("contact_depth", "consultation"): 1,
        ("contact_depth", "chat"): 2,
        ("contact_stage", "infant"): 1,
        ("contact_stage", "elementary"): 1,
        ("contact_stage", "unknown"): 2,
        ("contact_topic", "money"): 1,
        ("contact_topic", "food"): 2,
        ("contacts_informed", ""): 1,
        ("first_connection", "yes"): 1,
        ("first_connection", "no"): 1,
    }


def test_a_resend_counts_nothing_twice_and_warns_again(api: Api) -> None:
    visit, key = visit_of(api), new_id()
    body = note_for(visit, text="080-1234-5678 に電話ほしいとのこと")
    first = api.post("/v1/contact-notes", body, role="crew", key=key)
    again = api.post("/v1/contact-notes", body, role="crew", key=key)
    assert first.status == 201, first
    assert (again.status, again.json) == (first.status, first.json)
    assert [warning["code"] for warning in again.json["warnings"]] == ["personal_data_phone"]
    assert totals(api, visit)[("contacts", "unknown")] == 1


def test_one_push_writes_many_notes_and_one_bad_note_disturbs_none(api: Api) -> None:
    visit, others = visit_of(api), visit_of(api, van=api.other_van)
    good = [operation("note.write", note_for(visit, text=f"メモ{n}")) for n in range(30)]
    bad = [
        operation("note.write", note_for(others)),
        operation("note.write", note_for(visit, depth="deep")),
        operation("note.write", note_for(visit), entity_id=good[0]["entity_id"]),
    ]
    answers = results(push(api, *good[:10], *bad, *good[10:]))
    assert answers[10:13] == [
        ("retry", "visit_unknown"),
        ("rejected", "invalid"),
        ("conflict", "already_exists"),
    ]
    assert answers[:10] + answers[13:] == [("applied", None)] * 30
    assert totals(api, visit)[("contacts", "unknown")] == 30


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("連絡先は090-1234-5678", "personal_data_phone"),
        ("０７０・１２３４・５６７８", "personal_data_phone"),
        ("taro@example.org に送る", "personal_data_email"),
        ("〒270-0000 のあたり", "personal_data_postal_code"),
        ("常盤平3丁目から来る", "personal_data_address"),
        ("鈴木さんのお母さん", "personal_data_name"),
        ("東部小学校の3年生", "personal_data_school"),
        ("LINE ID: hana_mama", "personal_data_line_id"),
    ],
)
def test_what_looks_like_personal_data_is_warned_about_without_the_match(
    api: Api, text: str, code: str
) -> None:
    made = api.post("/v1/contact-notes", note_for(visit_of(api), text=text), role="crew")
    assert (made.status, made.json["text_state"]) == (201, "kept")
    assert code in [warning["code"] for warning in made.json["warnings"]]
    assert {warning["path"] for warning in made.json["warnings"]} == {"/text"}
    for part in (text, "1234-5678", "１２３４", "taro", "270-0000", "3丁目", "鈴木", "東部", "hana"):
        assert part not in made.text


def test_a_warning_speaks_the_language_of_the_request(api: Api) -> None:
    body = note_for(visit_of(api), text="090-1234-5678")
    made = api.post("/v1/contact-notes", body, role="crew", headers={"Accept-Language": "en"})
    assert made.json["warnings"][0]["detail"].startswith("It seems to hold a phone number")


def test_crew_see_and_write_notes_of_their_own_van_only(api: Api) -> None:
    own = write_note(api, visit_of(api))
    others_visit = visit_of(api, van=api.other_van)
    made = api.post("/v1/contact-notes", note_for(others_visit), role="crew", van=api.other_van)
    others = made.json["id"]
    assert [item["id"] for item in api.get("/v1/contact-notes", role="crew").json["items"]] == [own]
    assert api.get(f"/v1/contact-notes/{others}", role="crew").status == 404
    refused = api.post("/v1/contact-notes", note_for(others_visit), role="crew")
    assert (refused.status, refused.code) == (404, "visit_unknown")
    for role in ("coordinator", "safeguarding"):
        assert len(api.get("/v1/contact-notes", role=role).json["items"]) == 2


def test_a_coordinator_enters_what_was_written_on_paper(api: Api) -> None:
    visit = visit_of(api, source="paper")
    assert write_note(api, visit, role="coordinator", text="紙から写した")
    assert totals(api, visit)[("contacts", "unknown")] == 1


@pytest.mark.parametrize("role", ["reporter", "admin"])
def test_who_needs_no_notes_gets_none(api: Api, role: str) -> None:
    note = write_note(api, visit_of(api))
    for path in ("/v1/contact-notes", f"/v1/contact-notes/{note}", f"/v1/contact-notes/{note}/text"):
        assert api.get(path, role=role).status == 403
    assert api.post("/v1/contact-notes", note_for(visit_of(api)), role=role).status == 403


def test_only_safeguarding_sees_which_device_wrote_a_note(api: Api) -> None:
    note = write_note(api, visit_of(api))
    assert api.get(f"/v1/contact-notes/{note}", role="safeguarding").json["written_by"]
    for role in ("crew", "coordinator"):
        shown = api.get(f"/v1/contact-notes/{note}", role=role).json
        assert (shown["written_by"], shown["legal_hold"]) == (None, None)


def test_notes_are_found_by_day_visit_topic_stage_and_depth(api: Api) -> None:
    visit, later = visit_of(api), visit_of(api, day=dt.date(2026, 12, 5))
    money = write_note(api, visit, topics=["money", "work"], stages=["infant"])
    deep = write_note(api, later, depth="consultation", topics=["family"])
    for query, found in (
        ("topic=money", [money]),
        ("topic=work", [money]),
        ("topic=food", []),
        ("stage=infant", [money]),
        ("stage=unknown", [deep]),
        ("depth=consultation", [deep]),
        (f"visit_id={later}", [deep]),
        ("from_day=2026-11-29", [deep]),
        ("to_day=2026-11-28", [money]),
        ("", [deep, money]),
    ):
        answer = api.get(f"/v1/contact-notes?{query}")
        assert [item["id"] for item in answer.json["items"]] == found, query


def test_the_list_pages_without_losing_or_repeating_notes(api: Api) -> None:
    visit = visit_of(api)
    written = {write_note(api, visit) for _ in range(5)}
    seen, cursor = [], ""
    while True:
        answer = api.get(f"/v1/contact-notes?limit=2{cursor}")
        seen += [item["id"] for item in answer.json["items"]]
        if answer.json["next"] is None:
            break
        cursor = f"&cursor={answer.json['next']}"
    assert sorted(seen) == sorted(written)


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("text", "あ" * 281, "too_long"),
        ("text", "\x00", "control_character"),
        ("text", 5, "not_text"),
        ("text", "   ", "too_short"),
        ("depth", "CHAT", "not_in_list"),
        ("stages", ["infant", "infant"], "repeated"),
        ("stages", "infant", "not_list"),
        ("topics", [{}], None),
        ("topics", ["money"] * 100_000, "too_many"),
        ("first_connection", "yes", "not_flag"),
        ("safety_concern", 1, "not_flag"),
        ("name", "はな", "unknown_key"),
        ("lat", 35.8, "unknown_key"),
    ],
)
def test_hostile_fields_are_refused_by_name_and_write_nothing(
    api: Api, field: str, value: Any, code: str | None
) -> None:
    visit = visit_of(api)
    answer = api.post("/v1/contact-notes", note_for(visit, **{field: value}), role="crew")
    assert (answer.status, answer.code) == (422, "invalid"), answer
    path, given = next(iter(answer.faults.items()))
    assert path.startswith(f"/{field}")
    assert code is None or given == code
    assert totals(api, visit) == {}


def test_a_text_of_280_characters_fits_whatever_the_characters(api: Api) -> None:
    for text in ("あ" * 280, "👪" * 280, "一行目\n二行目"):
        assert write_note(api, visit_of(api), text=text)


def test_no_list_can_load_the_sealed_text_by_accident(api: Api) -> None:
    note = write_note(api, visit_of(api), text="ひみつ")
    with api.database.read() as session:
        row = session.get_one(ContactNote, uuid.UUID(note))
        assert row.has_text
        with pytest.raises(sa.exc.InvalidRequestError):
            _ = row.text_sealed
