"""Who has left may hand in what they hold, for 72 hours and nothing else; the office lets it in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from outreach_api.storage.ledger import AuditEntry, Receipt, Rejection
from outreach_api.storage.visits import HeadCount
from tests.api import Api
from tests.http.test_rejections import letters, note, settle, visit_of
from tests.http.test_revocations import holder, revoke
from tests.http.test_shift_pins import check_of, person, pins, shift, signers, wrong_pins
from tests.http.test_sync import operation, push, results, stop_of


def tap(visit: str, delta: int = 1, **more: Any) -> dict[str, Any]:
    return operation("head_count.add", {"visit_id": visit, "counts": {"adult": delta}}, **more)


def a_phone_that_left(api: Api) -> tuple[str, str]:
    token = api.token("crew", another=True)
    me = holder(api, token)
    revoke(api, "left", device_id=me)
    return token, me


def accept(api: Api, holder_id: str, role: str = "coordinator") -> Any:
    return api.post(f"/v1/sync/quarantine/{holder_id}/accept", role=role)


def heads(api: Api) -> int:
    with api.database.read() as session:
        return sum(counts["adult"] for counts in session.scalars(sa.select(HeadCount.counts)))


def test_what_a_phone_held_when_it_left_is_kept_and_counts_once_it_is_let_in(api: Api) -> None:
    visit, (token, me) = visit_of(api), a_phone_that_left(api)
    sent = [tap(visit), tap(visit, 2)]
    assert results(push(api, *sent, token=token)) == [("rejected", "quarantined")] * 2
    assert heads(api) == 0
    assert api.get("/v1/devices").json["items"][0]["quarantined"] == 2
    answer = accept(api, me)
    assert (answer.status, answer.json["left"]) == (200, 0)
    assert [line["result"] for line in answer.json["results"]] == ["applied", "applied"]
    assert [line["index"] for line in answer.json["results"]] == [0, 1]
    assert heads(api) == 3
    assert letters(api) == []
    assert accept(api, me).json == {"results": [], "left": 0}
    with api.database.read() as session:
        (kept,) = session.scalars(
            sa.select(Receipt.holder_id).where(Receipt.kind == "head_count.add").distinct()
        )
    assert str(kept) == me, "it stays that phone's record"


def test_sent_again_it_is_kept_once_and_after_it_was_let_in_it_is_known(api: Api) -> None:
    visit, (token, me) = visit_of(api), a_phone_that_left(api)
    one = tap(visit)
    for _ in range(2):
        assert results(push(api, one, token=token)) == [("rejected", "quarantined")]
    assert len(letters(api)) == 1
    accept(api, me)
    assert results(push(api, one, token=token)) == [("duplicate", None)]
    assert heads(api) == 1


def test_what_had_come_in_before_is_told_so(api: Api) -> None:
    visit, token = visit_of(api), api.token("crew", another=True)
    one = tap(visit)
    push(api, one, token=token)
    revoke(api, "left", device_id=holder(api, token))
    assert results(push(api, one, tap(visit), token=token)) == [
        ("duplicate", None),
        ("rejected", "quarantined"),
    ]


def test_who_has_left_reads_nothing(api: Api) -> None:
    token, _ = a_phone_that_left(api)
    for path in ("/v1/me", "/v1/sync/pull", "/v1/sync/digest", "/v1/plans", "/v1/stops", "/v1/safety-card"):
        assert api.get(path, role=None, token=token).code == "leaving", path
    assert api.post("/v1/tokens/rotate", role=None, token=token).code == "leaving"


def test_after_72_hours_nothing_is_taken_any_more(api: Api) -> None:
    visit, (token, _) = visit_of(api), a_phone_that_left(api)
    api.clock.forward(hours=72, seconds=-1)
    assert push(api, tap(visit), token=token).status == 200
    api.clock.forward(seconds=1)
    assert push(api, tap(visit), token=token).status == 401


def test_a_phone_that_left_and_turns_out_stolen_is_out_at_once(api: Api) -> None:
    visit, (token, me) = visit_of(api), a_phone_that_left(api)
    revoke(api, "stolen", device_id=me)
    assert push(api, tap(visit), token=token).status == 401


def test_leaving_twice_takes_no_longer(api: Api) -> None:
    visit, (token, me) = visit_of(api), a_phone_that_left(api)
    api.clock.forward(hours=71)
    revoke(api, "left", device_id=me)
    api.clock.forward(hours=2)
    assert push(api, tap(visit), token=token).status == 401


def test_a_whole_visit_is_let_in_whatever_order_it_came_in(api: Api) -> None:
    stop, (token, me) = stop_of(api), a_phone_that_left(api)
    opened = operation("visit.open", {"stop_id": stop})
    count = tap(opened["entity_id"])
    assert results(push(api, count, token=token)) == [("rejected", "quarantined")]
    api.clock.forward(seconds=1)
    assert results(push(api, opened, token=token)) == [("rejected", "quarantined")]
    answer = accept(api, me)
    assert sorted(line["result"] for line in answer.json["results"]) == ["applied", "applied"]
    assert letters(api) == []
    assert heads(api) == 1


def test_what_waited_for_a_visit_comes_in_with_it_when_that_is_let_in_later(api: Api) -> None:
    stop, (token, me) = stop_of(api), a_phone_that_left(api)
    opened = operation("visit.open", {"stop_id": stop})
    push(api, tap(opened["entity_id"]), token=token)
    assert [line["result"] for line in accept(api, me).json["results"]] == ["retry"]
    push(api, opened, token=token)
    accept(api, me)
    assert (heads(api), letters(api)) == (1, [])


def test_no_more_is_let_in_at_once_than_a_push_may_hold(api: Api) -> None:
    visit, (token, me) = visit_of(api), a_phone_that_left(api)
    here = api.app.extensions["outreach"]
    push(api, *(tap(visit) for _ in range(4)), token=token)
    with api.database.read() as session:
        size = session.scalars(sa.select(sa.func.length(Rejection.sealed))).first()
    small = replace(here.settings, max_unpacked_bytes=size * 2)
    api.app.extensions["outreach"] = replace(here, settings=small)
    try:
        answers = [accept(api, me).json for _ in range(3)]
    finally:
        api.app.extensions["outreach"] = here
    assert [(len(answer["results"]), answer["left"]) for answer in answers] == [(2, 2), (2, 0), (0, 0)]
    assert heads(api) == 4


def test_the_times_are_those_that_it_would_have_had(api: Api) -> None:
    visit, (token, me) = visit_of(api), a_phone_that_left(api)
    a_day_fast = api.clock().replace(day=29)
    one = tap(visit, occurred_at=a_day_fast.isoformat().replace("+00:00", "Z"))
    push(api, one, token=token, sent_at=a_day_fast.isoformat().replace("+00:00", "Z"))
    now = api.clock()
    api.clock.forward(days=20)
    accept(api, me)
    with api.database.read() as session:
        (kept,) = session.scalars(sa.select(HeadCount.occurred_at))
    assert kept == now


def test_who_held_the_phone_stays_known_also_when_they_left_since(api: Api) -> None:
    visit, people = visit_of(api), [person(api, name) for name in ("スタッフA", "スタッフB")]
    told = pins(api, shift(api, *people))
    token, me = a_phone_that_left(api)
    mistyped = check_of(visit, pin=wrong_pins(told)[0])
    push(api, *(check_of(visit, pin=told[one]) for one in people), mistyped, token=token)
    revoke(api, "left", role="admin", person_id=people[0])
    answer = accept(api, me).json
    warned = [[warning["code"] for warning in line["warnings"]] for line in answer["results"]]
    assert sorted(warned) == [[], [], ["pin_unknown"]]
    assert signers(api) == {*people, None}
    with api.database.read() as session:
        acting = session.scalars(sa.select(Receipt.acting_id).where(Receipt.kind == "hygiene.log")).all()
    assert {one and str(one) for one in acting} == {*people, None}


def test_what_waited_for_its_visit_keeps_who_did_it(api: Api) -> None:
    stop, someone = stop_of(api), person(api, "スタッフA")
    pin = pins(api, shift(api, someone))[someone]
    token, me = a_phone_that_left(api)
    opened = operation("visit.open", {"stop_id": stop})
    push(api, check_of(opened["entity_id"], pin=pin), token=token)
    assert [line["result"] for line in accept(api, me).json["results"]] == ["retry"]
    push(api, opened, token=token)
    accept(api, me)
    assert signers(api) == {someone}


def test_what_a_person_held_is_let_in_in_the_role_that_they_had(api: Api) -> None:
    visit, token = visit_of(api), api.token("coordinator", another=True)
    me = holder(api, token)
    revoke(api, "left", role="admin", person_id=me)
    push(api, tap(visit), token=token)
    assert api.patch(f"/v1/people/{me}", {"role": "reporter"}, version=2, role="admin").status == 200
    assert results(push(api, tap(visit), token=token)) == [("rejected", "quarantined")], (
        "72 hours are not over"
    )
    assert [line["result"] for line in accept(api, me).json["results"]] == ["applied", "applied"]


def test_what_still_cannot_be_taken_in_stays_in_the_list_with_its_own_code(api: Api) -> None:
    visit, (token, me) = visit_of(api), a_phone_that_left(api)
    push(api, note(visit, mood="sad"), tap(visit), token=token)
    answer = accept(api, me).json
    codes = [line["code"] for line in answer["results"]]
    assert sorted(codes, key=str) == [None, "invalid"]
    (letter,) = letters(api)
    assert letter["code"] == "invalid"


def test_a_worry_about_staff_is_let_in_by_safeguarding_alone(api: Api) -> None:
    visit, (token, me) = visit_of(api), a_phone_that_left(api)
    push(api, note(visit, about_staff=True, safety_concern=True), token=token)
    assert accept(api, me).json == {"results": [], "left": 0}
    assert api.get("/v1/devices").json["items"][0]["quarantined"] == 0
    assert [line["result"] for line in accept(api, me, "safeguarding").json["results"]] == ["applied"]


def test_what_the_office_settled_is_not_let_in(api: Api) -> None:
    visit, (token, me) = visit_of(api), a_phone_that_left(api)
    one = tap(visit)
    push(api, one, token=token)
    assert settle(api, letters(api)[0]).status == 200
    assert accept(api, me).json["results"] == []
    assert results(push(api, one, token=token)) == [("duplicate", "settled_by_office")]
    assert heads(api) == 0


def test_what_waits_for_a_visit_in_quarantine_waits_on(api: Api) -> None:
    stop, (token, me) = stop_of(api), a_phone_that_left(api)
    opened = operation("visit.open", {"stop_id": stop})
    push(api, opened, token=token)
    mate = tap(opened["entity_id"])
    assert results(push(api, mate)) == [("retry", "visit_unknown")]
    accept(api, me)
    assert results(push(api, mate)) == [("applied", None)]


def test_letting_in_is_in_the_audit_and_for_the_office_alone(api: Api) -> None:
    _, me = a_phone_that_left(api)
    for role in ("crew", "reporter"):
        assert accept(api, me, role).code == "forbidden"
    accept(api, me)
    with api.database.read() as session:
        row = session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "acceptQuarantine")).one()
    assert str(row.entity_id) == me


def test_nobody_is_let_in_who_is_not_there(api: Api) -> None:
    assert accept(api, str(api.van)).status == 404
