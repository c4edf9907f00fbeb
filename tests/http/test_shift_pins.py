"""A shared phone names who acts: by a PIN of the van's shift, online and for what was entered without a network."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
import sqlalchemy as sa

from outreach_api.access import acting
from outreach_api.access.acting import MOST_WRONG
from outreach_api.kernel.pins import check_digit
from outreach_api.ledger import audit
from outreach_api.storage.ledger import AuditEntry, Receipt
from outreach_api.storage.visits import HygieneEntry
from tests.api import Api
from tests.http.test_rejections import visit_of
from tests.http.test_sync import operation, push, results

TODAY = "2026-11-28"


def person(api: Api, name: str) -> str:
    return str(api.post("/v1/people", {"name": name, "role": "crew"}, role="admin").json["id"])


def shift(api: Api, *people: str, day: str = TODAY, van: uuid.UUID | None = None) -> str:
    body = {
        "van_id": str(van or api.van),
        "local_day": day,
        "starts_at": "09:00",
        "ends_at": "17:00",
        "members": [{"person_id": one, "duty": "counter"} for one in people],
    }
    return str(api.post("/v1/shifts", body).json["id"])


def pins(api: Api, shift_id: str) -> dict[str, str]:
    shown = api.get(f"/v1/shifts/{shift_id}/pins").json
    return {member["person_id"]: member["pin"] for member in shown["members"]}


def wrong_pins(right: dict[str, str]) -> list[str]:
    every = [f"{number:03}" + check_digit(f"{number:03}") for number in range(1000)]
    return [pin for pin in every if pin not in right.values()]


def check_of(visit: str, **more: Any) -> dict[str, Any]:
    return operation("hygiene.log", {"visit_id": visit, "check": "water", "passed": True}, **more)


def signers(api: Api) -> set[str | None]:
    with api.database.read() as session:
        found = session.scalars(sa.select(HygieneEntry.signed_by)).all()
    return {None if one is None else str(one) for one in found}


def test_each_member_has_a_pin_which_the_office_tells_them(api: Api) -> None:
    people = [person(api, name) for name in ("スタッフA", "スタッフB")]
    told = pins(api, shift(api, *people))
    assert told.keys() == set(people)
    assert len(set(told.values())) == 2
    with api.database.read() as session:
        rows = session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "readShiftPins")).all()
    assert len(rows) == 1, "who asked for them is known"


def test_crew_do_not_read_them(api: Api) -> None:
    made = shift(api, person(api, "スタッフA"))
    for role in ("crew", "reporter", "safeguarding"):
        assert api.get(f"/v1/shifts/{made}/pins", role=role).code == "forbidden"


def test_what_was_entered_without_a_network_names_who_did_it(api: Api) -> None:
    visit, people = visit_of(api), [person(api, name) for name in ("スタッフA", "スタッフB")]
    told = pins(api, shift(api, *people))
    sent = [check_of(visit, pin=told[one]) for one in people]
    assert results(push(api, *sent)) == [("applied", None)] * 2
    assert signers(api) == set(people)
    with api.database.read() as session:
        acting = session.scalars(sa.select(Receipt.acting_id).where(Receipt.kind == "hygiene.log")).all()
    assert {str(one) for one in acting} == set(people)


def test_a_wrong_pin_loses_nothing_and_is_told(api: Api) -> None:
    visit = visit_of(api)
    right = pins(api, shift(api, person(api, "スタッフA")))
    (line,) = push(api, check_of(visit, pin=wrong_pins(right)[0])).json["results"]
    assert (line["result"], [w["code"] for w in line["warnings"]]) == ("applied", ["pin_unknown"])
    assert signers(api) == {None}


def test_a_pin_of_another_day_or_van_is_nobodys(api: Api) -> None:
    visit, someone = visit_of(api), person(api, "スタッフA")
    others = {
        1: pins(api, shift(api, someone, day="2026-11-27"))[someone],
        2: pins(api, shift(api, someone, van=api.other_van))[someone],
    }
    today = pins(api, shift(api, someone))[someone]
    for pin in others.values():
        if pin != today:
            (line,) = push(api, check_of(visit, pin=pin)).json["results"]
            assert [w["code"] for w in line["warnings"]] == ["pin_unknown"]
    assert signers(api) <= {None}


def test_the_day_is_the_one_on_which_it_was_typed_whatever_the_phones_clock_says(api: Api) -> None:
    visit, someone = visit_of(api), person(api, "スタッフA")
    pin = pins(api, shift(api, someone))[someone]
    entered = check_of(visit, pin=pin, occurred_at="2031-01-01T02:00:00Z")
    api.clock.forward(days=2)  # sent two days later, by a clock that is years off
    assert results(push(api, entered, sent_at="2031-01-03T03:00:00Z")) == [("applied", None)]
    assert signers(api) == {someone}


def test_guessing_ends_the_days_belief_in_this_phones_pins(api: Api) -> None:
    visit, someone = visit_of(api), person(api, "スタッフA")
    right = pins(api, shift(api, someone))
    guesses = wrong_pins(right)[:MOST_WRONG]
    push(api, *(check_of(visit, pin=pin) for pin in guesses))
    (line,) = push(api, check_of(visit, pin=right[someone])).json["results"]
    assert [w["code"] for w in line["warnings"]] == ["pin_unknown"]
    other_phone = api.token("crew", another=True)
    assert results(push(api, check_of(visit, pin=right[someone]), token=other_phone)) == [("applied", None)]
    assert signers(api) == {None, someone}
    api.clock.forward(days=1)
    next_day = pins(api, shift(api, someone, day="2026-11-29"))[someone]
    last = check_of(visit, pin=next_day, occurred_at="2026-11-29T02:00:00Z")
    (line,) = push(api, last, sent_at="2026-11-29T03:00:00Z").json["results"]
    assert line["warnings"] == []


def test_a_right_one_among_many_that_are_tried_at_once_is_not_told_apart(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit, someone = visit_of(api), person(api, "スタッフA")
    right = pins(api, shift(api, someone))
    path, body = f"/v1/visits/{visit}/hygiene", {"check": "water", "passed": True}
    judge = acting.pins_of_day

    def while_others_guess(*asked: Any) -> dict[uuid.UUID, str]:
        """Other workers answer for the same phone, while this one looks at a PIN."""
        monkeypatch.setattr(acting, "pins_of_day", judge)
        for pin in wrong_pins(right)[:MOST_WRONG]:
            assert api.post(path, body, role="crew", headers={"Shift-Pin": pin}).code == "pin_unknown"
        return judge(*asked)

    monkeypatch.setattr(acting, "pins_of_day", while_others_guess)
    answer = api.post(path, body, role="crew", headers={"Shift-Pin": right[someone]})
    assert (answer.status, answer.code) == (403, "pin_unknown")


def test_the_right_pins_of_a_whole_week_are_all_believed(api: Api) -> None:
    visit, people = visit_of(api), [person(api, f"スタッフ{number}") for number in range(3)]
    sent = []
    for day in range(22, 29):
        told = pins(api, shift(api, *people, day=f"2026-11-{day}"))
        said = f"2026-11-{day}T02:00:00Z"
        sent += [check_of(visit, pin=pin, occurred_at=said) for pin in told.values()]
    for line in push(api, *sent).json["results"]:
        assert (line["result"], line["warnings"]) == ("applied", []), line


def test_a_push_that_is_sent_again_is_no_further_guess(api: Api) -> None:
    visit, someone = visit_of(api), person(api, "スタッフA")
    right = pins(api, shift(api, someone))
    mistyped = check_of(visit, pin=wrong_pins(right)[0])
    for _ in range(MOST_WRONG + 2):
        push(api, mistyped)
    (line,) = push(api, check_of(visit, pin=right[someone])).json["results"]
    assert line["warnings"] == []


def test_online_a_wrong_pin_is_told_at_once_and_nothing_is_done(api: Api) -> None:
    visit, someone = visit_of(api), person(api, "スタッフA")
    right = pins(api, shift(api, someone))
    path, body = f"/v1/visits/{visit}/hygiene", {"check": "water", "passed": True}
    refused = api.post(path, body, role="crew", headers={"Shift-Pin": wrong_pins(right)[0]})
    assert (refused.status, refused.code) == (403, "pin_unknown")
    assert signers(api) == set()
    assert api.post(path, body, role="crew", headers={"Shift-Pin": right[someone]}).status == 201
    assert signers(api) == {someone}


def test_who_read_a_text_back_on_a_shared_phone_is_in_the_audit(api: Api) -> None:
    visit, someone = visit_of(api), person(api, "スタッフA")
    pin = pins(api, shift(api, someone))[someone]
    note = operation("note.write", {"visit_id": visit, "depth": "chat", "text": "よく笑う。"})
    push(api, note)
    path = f"/v1/contact-notes/{note['entity_id']}/text?purpose=read_back"
    assert api.get(path, role="crew", headers={"Shift-Pin": pin}).status == 200
    seen = api.get(f"/v1/audit?entity_id={note['entity_id']}", role="safeguarding").json["items"]
    assert [row["acting_id"] for row in seen] == [someone]
    with api.database.read() as session:
        assert audit.broken_at(session, {}) is None
    with api.database.write() as session:
        session.execute(sa.update(AuditEntry).values(acting_id=uuid.UUID(int=1)))
    with api.database.read() as session:
        assert audit.broken_at(session, {}) is not None, "nobody can put it on another one"


def test_who_has_left_has_no_pin_any_more(api: Api) -> None:
    visit, someone = visit_of(api), person(api, "スタッフA")
    made = shift(api, someone)
    pin = pins(api, made)[someone]
    api.patch(f"/v1/people/{someone}", {"active": False}, version=1, role="admin")
    assert pins(api, made) == {}
    (line,) = push(api, check_of(visit, pin=pin)).json["results"]
    assert [w["code"] for w in line["warnings"]] == ["pin_unknown"]


def test_the_counter_and_the_one_who_looks_again_are_told_apart_on_one_phone(api: Api) -> None:
    visit, (first, second) = visit_of(api), (person(api, "スタッフA"), person(api, "スタッフB"))
    told = pins(api, shift(api, first, second))
    counted = {"visit_id": visit, "opening_float_yen": 0, "counts": {}}
    till = api.post("/v1/cash-ups", counted, role="crew", headers={"Shift-Pin": told[first]}).json
    assert till["counted_by"] == first
    path = f"/v1/cash-ups/{till['id']}/approve"
    again = api.post(path, {}, role="crew", headers={"Shift-Pin": told[first]})
    assert again.code == "approved_by_counter"
    approved = api.post(path, {}, role="crew", headers={"Shift-Pin": told[second]})
    assert approved.json["approved_by"] == second


def test_a_pin_in_another_form_is_a_fault_of_the_envelope(api: Api) -> None:
    visit = visit_of(api)
    for pin in ("123", "12345", "12a4", 1234, "1234\n"):
        (line,) = push(api, check_of(visit, pin=pin)).json["results"]
        assert line["code"] == "malformed", pin
