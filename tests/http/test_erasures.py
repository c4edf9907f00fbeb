"""All that was written down at a stop in some days is erased on request, and what stays is said with its reason."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
import sqlalchemy as sa

from outreach_api.kernel.ids import new_id, visit_id_of
from outreach_api.storage import sealed_values
from outreach_api.storage.contacts import ContactNote
from outreach_api.storage.ledger import AuditEntry, Rejection
from outreach_api.storage.plans import PlanStop
from outreach_api.storage.stops import Stop
from tests.api import Answer, Api
from tests.http.test_contact_notes import write_note
from tests.http.test_quarantine import a_phone_that_left, accept
from tests.http.test_rejections import WORRY, content_of, letters, note, settle
from tests.http.test_sync import operation, push, results
from tests.http.test_visits import make_plan_stop
from tests.make import make_stop, make_visit
from tests.telling import merge

SAID = "となりの子のことを話していた。"


def stop_at(api: Api) -> uuid.UUID:
    with api.database.write() as session:
        return make_stop(session).id


def visit_at(api: Api, stop_id: uuid.UUID, day: str = "2026-11-28") -> str:
    with api.database.write() as session:
        stop = session.get_one(Stop, stop_id)
        return str(make_visit(session, van_id=api.van, stop=stop, day=dt.date.fromisoformat(day)).id)


def planned_stay(api: Api) -> tuple[uuid.UUID, uuid.UUID]:
    """A stop, and a plan's stay there."""
    with api.database.write() as session:
        stay = session.get_one(PlanStop, make_plan_stop(session, api))
        return stay.stop_id, stay.id


def erase(api: Api, stop: uuid.UUID, *, role: str = "safeguarding", **more: Any) -> Answer:
    days = {"from_day": "2026-11-01", "to_day": "2026-11-30", "reason": "person_asked"}
    return api.post("/v1/erasures", {"stop_id": str(stop), **days, **more}, role=role)


def state(api: Api, note_id: str) -> str:
    return str(api.get(f"/v1/contact-notes/{note_id}", role="safeguarding").json["text_state"])


def codes(answer: Answer) -> list[str]:
    return [warning["code"] for warning in answer.json["warnings"]]


def test_all_texts_of_a_stop_in_these_days_go_and_no_others(api: Api) -> None:
    stop, other = stop_at(api), stop_at(api)
    gone = [write_note(api, visit_at(api, stop, day), text=SAID) for day in ("2026-11-01", "2026-11-30")]
    stays = [write_note(api, visit_at(api, stop, day), text=SAID) for day in ("2026-10-31", "2026-12-01")]
    stays.append(write_note(api, visit_at(api, other), text=SAID))
    answer = erase(api, stop)
    assert (answer.status, answer.json["erased"], answer.json["texts_now"]) == (201, 2, 0), answer
    assert answer.json["warnings"] == []
    assert [state(api, one) for one in gone] == ["purged"] * 2
    assert [state(api, one) for one in stays] == ["kept"] * 3
    shown = api.get(f"/v1/erasures/{answer.json['id']}", role="safeguarding").json
    assert shown == answer.json


def test_what_is_held_or_has_an_open_concern_stays_and_the_answer_says_how_many_and_why(api: Api) -> None:
    stop = stop_at(api)
    visit = visit_at(api, stop)
    plain, held, worrying = (
        write_note(api, visit, text=SAID),
        write_note(api, visit, text=SAID),
        write_note(api, visit, text=SAID, safety_concern=True),
    )
    api.post(f"/v1/contact-notes/{held}/hold", role="safeguarding")
    answer = erase(api, stop)
    counted = [answer.json[name] for name in ("erased", "kept_on_hold", "kept_with_concern", "texts_now")]
    assert counted == [1, 1, 1, 2]
    assert codes(answer) == ["texts_kept_on_hold", "texts_kept_with_concern"]
    assert [state(api, one) for one in (plain, held, worrying)] == ["purged", "kept", "kept"]
    api.post(f"/v1/contact-notes/{held}/release-hold", role="safeguarding")
    assert erase(api, stop).json["erased"] == 1


def test_visits_that_were_joined_are_one(api: Api) -> None:
    """Whichever of the two places it is asked for: nobody can tell any more at which of them a note was written."""
    for asked in (0, 1):
        stops = [stop_at(api), stop_at(api)]
        kept, joining = (visit_at(api, stop) for stop in stops)
        notes = [write_note(api, visit, text=SAID) for visit in (kept, joining)]
        assert merge(api, joining, kept).status == 200
        late = write_note(api, joining, text=SAID)
        assert erase(api, stops[asked]).json["erased"] == 3
        assert [state(api, one) for one in (*notes, late)] == ["purged"] * 3


def test_a_visit_that_was_corrected_to_another_day_is_of_that_day(api: Api) -> None:
    stop = stop_at(api)
    visit = visit_at(api, stop)
    written = write_note(api, visit, text=SAID)
    path = f"/v1/visits/{visit}"
    moved = api.patch(path, {"local_day": "2026-10-31"}, version=api.get(path).json["version"])
    assert moved.status == 200, moved
    assert erase(api, stop).json["erased"] == 0
    october = erase(api, stop, from_day="2026-10-01", to_day="2026-10-31")
    assert (october.json["erased"], state(api, written)) == (1, "purged")


def test_a_phone_that_sends_an_erased_note_again_is_told_so(api: Api) -> None:
    stop = stop_at(api)
    written = note(visit_at(api, stop))
    push(api, written)
    assert erase(api, stop).json["erased"] == 1
    assert results(push(api, written)) == [("duplicate", None)]
    assert results(push(api, {**written, "op_id": str(new_id())})) == [("conflict", "text_was_erased")]
    assert state(api, written["entity_id"]) == "purged"
    assert letters(api, role="safeguarding") == []


def test_what_was_to_be_a_note_there_goes_too(api: Api) -> None:
    """Refused, waiting for its visit, in quarantine: whatever stands in the dead-letter list."""
    stop = stop_at(api)
    visit = visit_at(api, stop)
    token, _ = a_phone_that_left(api)
    refused, quarantined, elsewhere = (
        note(visit, mood="sad"),
        note(visit),
        note(visit_at(api, stop_at(api)), mood="sad"),
    )
    push(api, refused, elsewhere)
    push(api, quarantined, token=token)
    answer = erase(api, stop)
    assert (answer.json["letters_erased"], answer.json["erased"]) == (2, 0)
    states = {letter["op_id"]: letter["content_state"] for letter in letters(api)}
    assert states == {
        refused["op_id"]: "purged",
        quarantined["op_id"]: "purged",
        elsewhere["op_id"]: "kept",
    }


def test_a_letter_of_a_planned_visit_that_nobody_opened_here_is_found_by_its_plan(api: Api) -> None:
    stop_id, plan_stop = planned_stay(api)
    waiting = note(str(visit_id_of(plan_stop)))
    assert results(push(api, waiting)) == [("retry", "visit_unknown")]
    assert erase(api, stop_id, from_day="2026-11-29").json["letters_erased"] == 0
    assert erase(api, stop_id).json["letters_erased"] == 1


def test_a_letter_whose_visit_is_a_letter_itself_is_found(api: Api) -> None:
    stop, (token, me) = stop_at(api), a_phone_that_left(api)
    opened = operation("visit.open", {"stop_id": str(stop)})
    written = note(opened["entity_id"])
    push(api, opened, written, token=token)
    assert erase(api, stop, to_day="2026-11-27").json["letters_erased"] == 0
    assert erase(api, stop).json["letters_erased"] == 1
    answer = accept(api, me, "safeguarding").json
    assert [(line["result"], line["code"]) for line in answer["results"]] == [("applied", None)]


def test_a_note_that_waited_comes_in_later_without_the_text_that_was_erased(api: Api) -> None:
    """Its coded fields are counted, as those of every erased note are; and the phone is told."""
    stop, plan_stop = planned_stay(api)
    visit = str(visit_id_of(plan_stop))
    written = note(visit)
    push(api, written)
    assert erase(api, stop).json["letters_erased"] == 1
    push(api, operation("visit.open", {"plan_stop_id": str(plan_stop)}, entity_id=visit))
    answer = push(api, written)
    assert results(answer) == [("applied", None)]
    assert [warning["code"] for warning in answer.json["results"][0]["warnings"]] == ["text_was_erased"]
    assert state(api, written["entity_id"]) == "purged"
    with api.database.read() as session:
        assert session.scalars(sa.select(ContactNote.text_sealed)).all() == [None]
    assert letters(api, role="safeguarding") == []
    assert results(push(api, {**written, "op_id": str(new_id())})) == [("conflict", "text_was_erased")]


def test_an_urgent_letter_stays_until_somebody_settled_it(api: Api) -> None:
    stop = stop_at(api)
    push(api, note(visit_at(api, stop), mood="sad", safety_concern=True))
    answer = erase(api, stop)
    assert (answer.json["letters_erased"], answer.json["letters_kept"]) == (0, 1)
    assert codes(answer) == ["letters_kept_urgent"]
    (letter,) = letters(api, role="safeguarding")
    assert content_of(api, letter)["payload"]["text"] == WORRY
    assert settle(api, letter, role="safeguarding").status == 200
    assert erase(api, stop).json["letters_erased"] == 1


def test_what_nobody_can_read_is_counted_as_of_an_unknown_place(api: Api) -> None:
    push(api, operation("note.write", "たしか公園で"), operation("note.write", {"visit_id": "公園"}))
    answer = erase(api, stop_at(api))
    assert (answer.json["letters_unplaced"], codes(answer)) == (2, ["letters_kept_unplaced"])


@pytest.mark.parametrize("lost", ["the text's erasure", "the whole note"])
def test_after_a_restore_it_is_erased_again(api: Api, lost: str) -> None:
    stop = stop_at(api)
    written = note(visit_at(api, stop))
    push(api, written)
    with api.database.read() as session:
        (sealed,) = session.scalars(sa.select(ContactNote.text_sealed)).all()
    assert erase(api, stop).json["erased"] == 1
    with api.database.write() as session:
        if lost == "the whole note":
            session.execute(sa.delete(ContactNote))
            session.execute(sa.text("DELETE FROM receipts"))
        else:
            session.execute(sa.update(ContactNote).values(text_sealed=sealed, text_purged_at=None))
    if lost == "the whole note":
        assert results(push(api, written)) == [("applied", None)]
    else:
        with api.database.write() as session:
            assert sealed_values.erase_again(session, api.keyring, api.clock()) == 1
    assert state(api, written["entity_id"]) == "purged"
    with api.database.read() as session:
        assert session.scalars(sa.select(ContactNote.text_sealed)).all() == [None]


def test_letters_are_erased_again_too(api: Api) -> None:
    stop = stop_at(api)
    push(api, note(visit_at(api, stop), mood="sad"))
    with api.database.read() as session:
        (sealed,) = session.scalars(sa.select(Rejection.sealed)).all()
    erase(api, stop)
    with api.database.write() as session:
        session.execute(sa.update(Rejection).values(sealed=sealed, purged_at=None))
        assert sealed_values.erase_again(session, api.keyring, api.clock()) == 1


def test_the_audit_proves_it_with_numbers_and_nothing_of_what_was_written(api: Api) -> None:
    stop = stop_at(api)
    write_note(api, visit_at(api, stop), text=SAID)
    made = erase(api, stop, reason="host_asked")
    with api.database.read() as session:
        row = session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "eraseTextsStop")).one()
    assert (str(row.entity_id), row.purpose) == (made.json["id"], "host_asked")
    assert row.outcome.startswith("erased 1 and 0 letters; kept 0 on hold")
    assert SAID not in str(vars(row))


def test_erasing_one_text_leaves_its_row_in_the_audit_once(api: Api) -> None:
    written = write_note(api, visit_at(api, stop_at(api)), text=SAID)
    for _ in range(2):
        assert api.post(f"/v1/contact-notes/{written}/erase-text", {}, role="safeguarding").status == 200
    rows = api.get(f"/v1/audit?entity_id={written}", role="admin").json["items"]
    assert [(row["action"], row["role"], row["outcome"]) for row in rows] == [
        ("eraseNoteText", "safeguarding", "erased 1")
    ]


def test_asked_again_with_the_same_key_it_answers_the_same(api: Api) -> None:
    stop, key = stop_at(api), new_id()
    write_note(api, visit_at(api, stop), text=SAID)
    body = {
        "stop_id": str(stop),
        "from_day": "2026-11-01",
        "to_day": "2026-11-30",
        "reason": "ordered",
    }
    first, again = (api.post("/v1/erasures", body, role="safeguarding", key=key) for _ in range(2))
    assert again.json == first.json
    assert first.json["erased"] == 1


@pytest.mark.parametrize(
    ("wrong", "faults"),
    [
        ({"stop_id": "2f0c1d9e-0000-4000-8000-000000000000"}, {"/stop_id": "unknown_reference"}),
        ({"to_day": "2026-10-31"}, {"": "wrong_order"}),
        ({"reason": "because"}, {"/reason": "not_in_list"}),
    ],
)
def test_a_faulty_request_erases_nothing(api: Api, wrong: dict[str, str], faults: dict[str, str]) -> None:
    stop = stop_at(api)
    written = write_note(api, visit_at(api, stop), text=SAID)
    assert erase(api, stop, **wrong).faults == faults
    assert state(api, written) == "kept"


@pytest.mark.parametrize("role", ["crew", "coordinator", "reporter", "admin"])
def test_only_safeguarding_erases(api: Api, role: str) -> None:
    assert erase(api, stop_at(api), role=role).code == "forbidden"
    assert results(push(api, operation("stop.erase_texts", {}), role="safeguarding")) == [
        ("rejected", "not_by_push")
    ]
