"""The dead-letter list: nothing that a phone brought is lost, and nobody reads it who must not."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa

from outreach_api.kernel.ids import new_id
from outreach_api.storage.ledger import AuditEntry, Rejection
from outreach_api.sync.writes import purge_contents
from tests.api import Api
from tests.http.test_sync import operation, push, results, stop_of
from tests.make import make_visit

WORRY = "腕にあざ。帰りたくないと言う。"


def visit_of(api: Api) -> str:
    with api.database.write() as session:
        return str(make_visit(session, van_id=api.van).id)


def letters(api: Api, role: str = "coordinator", **query: str) -> list[dict[str, Any]]:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    found: list[dict[str, Any]] = api.get(f"/v1/sync/rejections?{asked}", role=role).json["items"]
    return found


def content_of(api: Api, letter: dict[str, Any]) -> Any:
    path = f"/v1/sync/rejections/{letter['id']}/content?purpose=safeguarding"
    return api.get(path, role="safeguarding").json["content"]


def settle(api: Api, letter: dict[str, Any], role: str = "coordinator") -> Any:
    return api.post(f"/v1/sync/rejections/{letter['id']}/settle", {"settlement": "entered"}, role=role)


def note(visit: str, **fields: Any) -> dict[str, Any]:
    return operation("note.write", {"visit_id": visit, "depth": "chat", "text": WORRY, **fields})


def test_a_refused_note_is_kept_as_it_was_sent_and_opened_by_safeguarding_alone(api: Api) -> None:
    sent = note(visit_of(api), mood="sad")
    assert results(push(api, sent)) == [("rejected", "invalid")]
    (letter,) = letters(api)
    assert (letter["kind"], letter["code"], letter["state"]) == ("note.write", "invalid", "open")
    assert letter["op_id"] == sent["op_id"]
    assert WORRY not in str(letters(api))
    path = f"/v1/sync/rejections/{letter['id']}/content?purpose=safeguarding"
    assert api.get(path).code == "forbidden"
    assert content_of(api, letter) == sent


def test_what_was_sent_stands_nowhere_in_the_database_in_the_clear(api: Api) -> None:
    push(api, note(visit_of(api), mood="sad"), WORRY)
    with api.database.read() as session:
        sealed = session.scalars(sa.select(Rejection.sealed)).all()
        rows = session.execute(sa.text("SELECT * FROM rejections")).all()
    assert len(sealed) == 2
    assert all(WORRY.encode() not in bytes(one or b"") for one in sealed)
    assert WORRY not in str(rows)


def test_every_opening_is_recorded_before_anything_is_shown(api: Api) -> None:
    push(api, note(visit_of(api), mood="sad"))
    (letter,) = letters(api)
    path = f"/v1/sync/rejections/{letter['id']}/content"
    for query, role, status in (
        ("", "safeguarding", 422),
        ("?purpose=read_back", "safeguarding", 422),
        ("?purpose=correction", "coordinator", 403),
        ("?purpose=correction", "safeguarding", 200),
    ):
        assert api.get(path + query, role=role).status == status
    with api.database.read() as session:
        entries = session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "readRejectionContent"))
        outcomes = [(entry.purpose, entry.outcome) for entry in entries]
    assert outcomes == [
        (None, "denied: purpose_required"),
        ("read_back", "denied: purpose_required"),
        (None, "denied: forbidden"),
        ("correction", "allowed"),
    ]


def test_a_resend_adds_no_second_letter(api: Api) -> None:
    sent = [note(visit_of(api), mood="sad"), "rubbish", {"op_id": str(new_id())}]
    for _ in range(3):
        push(api, *sent)
    assert len(letters(api, role="safeguarding")) == 3


def test_the_same_id_with_another_content_is_kept_too(api: Api) -> None:
    visit = visit_of(api)
    first = note(visit)
    other = {**first, "payload": {**first["payload"], "text": "べつの心配"}}
    assert results(push(api, first)) == [("applied", None)]
    assert results(push(api, other)) == [("rejected", "id_reused")]
    (letter,) = letters(api)
    assert content_of(api, letter) == other


def test_what_waits_for_its_visit_is_listed_until_it_is_applied(api: Api) -> None:
    visit = str(new_id())
    tap = operation("head_count.add", {"visit_id": visit, "counts": {"infant": 1}})
    answer = push(api, tap).json["results"][0]
    assert (answer["result"], answer["code"]) == ("retry", "visit_unknown")
    assert answer["retry_after_seconds"] >= 30
    assert answer["fix"]
    assert [letter["state"] for letter in letters(api)] == ["waiting"]
    push(api, operation("visit.open", {"stop_id": stop_of(api)}, entity_id=visit))
    assert results(push(api, tap)) == [("applied", None)]
    assert letters(api) == []


@pytest.mark.parametrize("together", [True, False])
def test_other_words_under_an_id_outlive_the_words_that_were_taken_in(api: Api, together: bool) -> None:
    visit = str(new_id())
    first, other = note(visit, text="一つ目"), note(visit, text="二つ目")
    other |= {"op_id": first["op_id"], "entity_id": str(new_id())}
    if together:
        assert results(push(api, first, other)) == [("retry", "visit_unknown"), ("rejected", "id_reused")]
    else:
        push(api, other)
        push(api, first)
    assert len(letters(api)) == 2
    arrival = operation("visit.open", {"stop_id": stop_of(api)}, entity_id=visit)
    assert results(push(api, arrival, first)) == [("applied", None)] * 2
    (left,) = letters(api)
    assert (left["state"], left["code"]) == ("open", "id_reused")
    assert content_of(api, left)["payload"]["text"] == "二つ目"


def test_a_letter_that_nobody_could_read_goes_once_its_operation_came_in_a_readable_form(api: Api) -> None:
    sent = note(visit_of(api))
    push(api, {**sent, "surprise": 1})
    assert [letter["code"] for letter in letters(api, role="safeguarding")] == ["malformed"]
    push(api, sent)
    assert letters(api, role="safeguarding") == []


def test_what_needs_something_refused_says_so_and_comes_again_once_that_is_there(api: Api) -> None:
    visit, stop = str(new_id()), stop_of(api)
    opening = operation("visit.open", {"stop_id": stop, "colour": "red"}, entity_id=visit)
    tap = operation("head_count.add", {"visit_id": visit, "counts": {"infant": 1}})
    close = operation("visit.close", {}, entity_id=visit)
    answer = push(api, tap, opening, close)
    assert results(answer) == [
        ("rejected", "needs_rejected"),
        ("rejected", "invalid"),
        ("rejected", "needs_rejected"),
    ]
    assert [line["needs"] for line in answer.json["results"]] == [opening["op_id"], None, opening["op_id"]]
    # In a later push it is still known.
    assert results(push(api, tap)) == [("rejected", "needs_rejected")]
    right = operation("visit.open", {"stop_id": stop}, entity_id=visit)
    assert results(push(api, tap, right, close)) == [("applied", None)] * 3
    assert {letter["op_id"] for letter in letters(api)} == {opening["op_id"]}


def test_another_phone_may_still_open_what_this_one_could_not(api: Api) -> None:
    visit, stop = str(new_id()), stop_of(api)
    push(api, operation("visit.open", {"stop_id": stop, "colour": "red"}, entity_id=visit))
    other = api.token("crew", another=True)
    tap = operation("head_count.add", {"visit_id": visit, "counts": {"infant": 1}})
    body = {"sent_at": "2026-11-28T03:00:00Z", "operations": [tap]}
    answer = api.post("/v1/sync/push", body, role=None, token=other)
    assert results(answer) == [("rejected", "needs_rejected")]
    push(api, operation("visit.open", {"stop_id": stop}, entity_id=visit))
    assert results(api.post("/v1/sync/push", body, role=None, token=other)) == [("applied", None)]


def test_a_settled_letter_can_never_be_applied_any_more(api: Api) -> None:
    """The office entered it by hand; the phone that sends it again must not count it twice."""
    visit = str(new_id())
    tap = operation("head_count.add", {"visit_id": visit, "counts": {"infant": 1}})
    push(api, tap)
    (letter,) = letters(api)
    settled = settle(api, letter)
    assert (settled.status, settled.json["state"], settled.json["settlement"]) == (200, "settled", "entered")
    push(api, operation("visit.open", {"stop_id": stop_of(api)}, entity_id=visit))
    again = push(api, tap).json["results"][0]
    assert (again["result"], again["original"], again["code"]) == (
        "duplicate",
        "rejected",
        "settled_by_office",
    )
    assert api.get(f"/v1/visits/{visit}").json["attendance"]["total"] == 0
    assert settle(api, letter).code == "already_settled"
    assert [one["state"] for one in letters(api)] == ["settled"]


def test_what_is_about_staff_exists_for_safeguarding_only(api: Api) -> None:
    push(api, note(visit_of(api), about_staff=True, mood="sad"))
    assert letters(api) == []
    (letter,) = letters(api, role="safeguarding")
    assert letter["urgent"] is True
    assert api.get(f"/v1/sync/rejections/{letter['id']}").status == 404
    assert settle(api, letter).status == 404
    assert settle(api, letter, role="safeguarding").status == 200


@pytest.mark.parametrize(
    ("fields", "urgent"),
    [
        ({}, False),
        ({"depth": "crisis"}, True),
        ({"topics": ["violence"]}, True),
        ({"safety_concern": True}, True),
        ({"safety_concern": "yes"}, True),
        ({"depth": "crises"}, True),
        ({"depth": ["crisis"]}, True),
        ({"topics": ["childcare", "money"]}, False),
        ({"topics": ["childcare", "violense"]}, True),
        ({"topics": "violence"}, True),
        ({"topics": None}, True),
    ],
)
def test_what_may_be_about_a_childs_safety_is_marked(api: Api, fields: dict[str, Any], urgent: bool) -> None:
    push(api, note(visit_of(api), mood="sad", **fields))
    assert [letter["urgent"] for letter in letters(api)] == [urgent]


@pytest.mark.parametrize("role", ["coordinator", "admin"])
def test_what_may_be_about_a_childs_safety_is_settled_by_safeguarding_alone(api: Api, role: str) -> None:
    """Others can't read it, and would take it off the list of those who can."""
    waiting = note(str(new_id()), safety_concern=True)
    push(api, note(visit_of(api), mood="sad", depth="crisis"), waiting)
    for letter in letters(api):
        refused = settle(api, letter, role=role)
        assert (refused.status, refused.code) == (403, "letter_with_safeguarding")
        by_push = operation("rejection.settle", {"settlement": "not_needed"}, entity_id=letter["id"])
        assert results(push(api, by_push, role=role)) == [("rejected", "letter_with_safeguarding")]
    unsettled = [one for one in letters(api) if one["kind"] == "note.write"]
    assert sorted(one["state"] for one in unsettled) == ["open", "waiting"]
    for letter in unsettled:
        assert settle(api, letter, role="safeguarding").json["state"] == "settled"


def test_contents_are_purged_like_notes_but_not_an_urgent_one_that_nobody_settled(api: Api) -> None:
    visit = visit_of(api)
    push(api, note(visit, mood="sad"), note(visit, mood="sad", depth="crisis"))
    later = api.clock() + dt.timedelta(days=91)
    with api.database.write() as session:
        done = purge_contents(session, api.keyring, later, 90)
    assert (done.purged, done.kept_as_urgent) == (1, 1)
    urgent, plain = sorted(letters(api), key=lambda letter: not letter["urgent"])
    assert (plain["content_state"], urgent["content_state"]) == ("purged", "kept")
    path = f"/v1/sync/rejections/{plain['id']}/content?purpose=correction"
    assert (api.get(path, role="safeguarding").status, api.get(path, role="safeguarding").code) == (
        410,
        "content_purged",
    )
    settle(api, urgent, role="safeguarding")
    with api.database.write() as session:
        assert purge_contents(session, api.keyring, later, 90).purged == 1


def test_a_phones_clock_neither_shortens_nor_prolongs_what_is_kept(api: Api) -> None:
    push(
        api,
        {**note(visit_of(api), mood="sad"), "occurred_at": "1970-01-02T00:00:00Z"},
        {**note(visit_of(api), mood="sad"), "occurred_at": "2100-01-02T00:00:00Z"},
    )
    for days, purged in ((89, 0), (92, 2)):
        with api.database.write() as session:
            assert (
                purge_contents(session, api.keyring, api.clock() + dt.timedelta(days=days), 90).purged
                == purged
            )


def test_one_bad_operation_never_changes_its_neighbours_answers(api: Api) -> None:
    visit = visit_of(api)
    good = [operation("head_count.add", {"visit_id": visit, "counts": {"adult": n}}) for n in (1, 2)]
    answer = push(api, good[0], note(visit, mood="sad"), {"op_id": 7}, good[1])
    assert [line["result"] for line in answer.json["results"]] == [
        "applied",
        "rejected",
        "rejected",
        "applied",
    ]


def test_a_list_by_state_and_van_is_paged_newest_first(api: Api) -> None:
    visit = visit_of(api)
    for _ in range(3):
        push(api, note(visit, mood="sad"))
        api.clock.forward(minutes=1)
    push(api, operation("head_count.add", {"visit_id": str(new_id()), "counts": {"adult": 1}}))
    assert len(letters(api, state="open")) == 3
    assert len(letters(api, state="waiting", van_id=str(api.van))) == 1
    assert letters(api, van_id=str(api.other_van)) == []
    first = api.get("/v1/sync/rejections?limit=2&state=open").json
    second = api.get(f"/v1/sync/rejections?limit=2&state=open&cursor={first['next']}").json
    times = [letter["received_at"] for letter in first["items"] + second["items"]]
    assert times == sorted(times, reverse=True)
    assert len(times) == 3


def test_crew_and_reporters_have_no_business_here(api: Api) -> None:
    for role in ("crew", "reporter"):
        assert api.get("/v1/sync/rejections", role=role).code == "forbidden"


def test_a_voided_receipt_that_comes_again_under_a_new_number_is_refused_by_name(api: Api) -> None:
    visit = visit_of(api)
    sale = operation("sale.record", {"visit_id": visit, "payment": "cash", "rush_yen": 500})
    void = operation("sale.void", {"sale_id": sale["entity_id"], "reason": "打ち間違い"})
    assert results(push(api, sale, void)) == [("applied", None)] * 2
    assert results(push(api, {**sale, "op_id": str(new_id())})) == [("conflict", "sale_was_voided")]
    assert results(push(api, sale)) == [("duplicate", None)]
    assert api.get(f"/v1/sales/{sale['entity_id']}").json["voided"] is not None


def test_an_erased_text_does_not_come_back(api: Api) -> None:
    written = note(visit_of(api))
    push(api, written)
    path = f"/v1/contact-notes/{written['entity_id']}"
    assert api.post(f"{path}/erase-text", {}, role="safeguarding").status == 200
    assert results(push(api, {**written, "op_id": str(new_id())})) == [("conflict", "text_was_erased")]
    assert api.get(path).json["text_state"] == "purged"


def test_what_was_refused_for_good_hears_of_its_settlement_too(api: Api) -> None:
    visit = visit_of(api)
    bad, first = note(visit, mood="sad"), note(visit)
    reused = {**first, "payload": {**first["payload"], "text": "べつの心配"}}
    push(api, bad, first)
    push(api, reused, {"op_id": first["op_id"], "kind": "x"})
    for letter in letters(api, role="safeguarding"):
        assert settle(api, letter, role="safeguarding").status == 200
    again = push(api, bad, reused, {"op_id": first["op_id"], "kind": "x"}, first).json["results"]
    assert [line["code"] for line in again] == ["settled_by_office"] * 3 + [None]
    assert (again[3]["result"], again[3]["original"]) == ("duplicate", "applied")
    assert {letter["state"] for letter in letters(api, role="safeguarding")} == {"settled"}


def test_what_another_phone_brought_already_needs_no_letter(api: Api) -> None:
    """A rescued queue comes by two phones: the second is told, and the office has nothing to settle."""
    tap = operation("head_count.add", {"visit_id": visit_of(api), "counts": {"adult": 1}})
    push(api, tap)
    other = api.token("crew", another=True)
    for counts, kept in (({"adult": 1}, 0), ({"adult": 2}, 1)):
        sent = {**tap, "payload": {**tap["payload"], "counts": counts}}
        body = {"sent_at": "2026-11-28T03:00:00Z", "operations": [sent]}
        answer = api.post("/v1/sync/push", body, role=None, token=other)
        assert results(answer) == [("conflict", "id_taken")]
        assert len(letters(api)) == kept


def test_what_waits_has_no_number_yet(api: Api) -> None:
    tap = operation("head_count.add", {"visit_id": str(new_id()), "counts": {"adult": 1}})
    assert push(api, tap).json["results"][0]["change_no"] is None


@pytest.mark.parametrize("payload", ['{"about_staff": true}', [{"about_staff": True}], None])
def test_what_nobody_can_read_of_a_note_is_treated_as_the_worst_that_it_may_be(
    api: Api, payload: Any
) -> None:
    push(api, operation("note.write", payload))
    assert letters(api) == []
    assert [letter["urgent"] for letter in letters(api, role="safeguarding")] == [True]


def test_a_word_that_the_sender_made_up_stands_nowhere_in_the_clear(api: Api) -> None:
    push(api, operation("tanaka_hanako.muchuu", {"x": 1}))
    with api.database.read() as session:
        rows = session.execute(sa.select(Rejection.kind, Rejection.detail)).all()
    assert len(rows) == 1
    assert "tanaka" not in str(rows)


def test_what_was_erased_is_not_kept_again_by_this_door(api: Api) -> None:
    written = note(visit_of(api))
    push(api, written)
    api.post(f"/v1/contact-notes/{written['entity_id']}/erase-text", {}, role="safeguarding")
    assert results(push(api, {**written, "op_id": str(new_id())})) == [("conflict", "text_was_erased")]
    assert letters(api, role="safeguarding") == []


def test_what_was_refused_online_is_kept_when_the_phone_pushes_it(api: Api) -> None:
    visit, key = visit_of(api), new_id()
    payload = {"visit_id": visit, "depth": "crisis", "text": WORRY, "mood": "sad"}
    assert api.post("/v1/contact-notes", payload, role="crew", key=key).status == 422
    sent = operation("note.write", payload, op_id=str(key), entity_id=str(key))
    assert push(api, sent).json["results"][0]["original"] == "rejected"
    assert [letter["urgent"] for letter in letters(api)] == [True]


def test_a_missing_price_is_waited_for_whatever_became_of_the_opening_that_another_sent(api: Api) -> None:
    visit, stop = str(new_id()), stop_of(api)
    push(api, operation("visit.open", {"stop_id": stop, "colour": "red"}, entity_id=visit))
    push(api, operation("visit.open", {"stop_id": stop}, entity_id=visit))
    lines = [{"item_id": str(new_id()), "quantity": 1}]
    sale = operation("sale.record", {"visit_id": visit, "payment": "cash", "lines": lines})
    assert results(push(api, sale)) == [("retry", "item_unknown")]


def test_an_opening_that_was_mended_waits_for_its_plan_and_not_for_itself(api: Api) -> None:
    visit = str(new_id())
    push(api, operation("visit.open", {"stop_id": stop_of(api), "colour": "red"}, entity_id=visit))
    again = operation("visit.open", {"plan_stop_id": str(new_id())}, entity_id=visit)
    assert results(push(api, again)) == [("retry", "plan_stop_unknown")]


def test_settling_and_sending_in_one_push_is_no_fault(api: Api) -> None:
    tap = operation("head_count.add", {"visit_id": (visit := str(new_id())), "counts": {"infant": 1}})
    push(api, tap, role="coordinator")
    (letter,) = letters(api)
    answer = push(
        api,
        operation("visit.open", {"stop_id": stop_of(api), "van_id": str(api.van)}, entity_id=visit),
        tap,
        operation("rejection.settle", {"settlement": "entered"}, entity_id=letter["id"]),
        role="coordinator",
    )
    assert results(answer) == [("applied", None), ("applied", None), ("conflict", "letter_in_already")]
    assert api.get(f"/v1/visits/{visit}").json["attendance"]["total"] == 1
