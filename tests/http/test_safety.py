"""Safety concerns and the safety card through HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from outreach_api.kernel.ids import new_id
from outreach_api.ledger.recount import differences
from tests.api import Api
from tests.http.test_contact_notes import note_for, totals, visit_of, write_note
from tests.http.test_sync import operation, push, results


def concerns(api: Api, query: str = "") -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = api.get(f"/v1/safety-concerns{query}", role="safeguarding").json["items"]
    return items


@pytest.mark.parametrize(
    ("fields", "flagged"),
    [
        ({"safety_concern": True}, True),
        ({"topics": ["money", "violence"]}, False),
        ({"depth": "crisis"}, False),
        ({"about_staff": True}, True),
    ],
)
def test_a_note_that_worries_opens_a_concern_in_the_same_write(
    api: Api, fields: dict[str, Any], flagged: bool
) -> None:
    visit = visit_of(api)
    note = write_note(api, visit, **fields)
    (concern,) = concerns(api)
    assert (concern["note_id"], concern["visit_id"], concern["flagged"]) == (note, visit, flagged)
    assert (concern["state"], concern["local_day"]) == ("open", "2026-11-28")


def test_an_everyday_note_opens_none(api: Api) -> None:
    write_note(api, visit_of(api), depth="consultation", topics=["family"])
    assert concerns(api) == []


def test_a_resent_push_opens_a_concern_once(api: Api) -> None:
    sent = operation("note.write", note_for(visit_of(api), safety_concern=True))
    push(api, sent)
    push(api, sent)
    assert len(concerns(api)) == 1


def test_a_concern_is_never_counted_in_the_totals_of_its_visit(api: Api) -> None:
    worried, calm = visit_of(api), visit_of(api)
    write_note(api, worried, safety_concern=True)
    write_note(api, calm)
    assert totals(api, worried) == totals(api, calm)


def test_safeguarding_acknowledges_tells_and_closes(api: Api) -> None:
    write_note(api, visit_of(api), safety_concern=True)
    path = f"/v1/safety-concerns/{concerns(api)[0]['id']}"
    seen = api.post(f"{path}/acknowledge", role="safeguarding").json
    assert (seen["state"], seen["acknowledged_at"], seen["version"]) == (
        "acknowledged",
        "2026-11-28T03:00:00Z",
        2,
    )
    told = {"notified_to": "児童相談所（189）", "notified_at": "2026-11-28T03:10:00Z", "receipt_no": "118"}
    first = api.post(f"{path}/notifications", told, role="safeguarding")
    assert first.status == 201, first
    police = {"notified_to": "警察（110）", "notified_at": "2026-11-28T03:20:00Z"}
    both = api.post(f"{path}/notifications", police, role="safeguarding").json
    assert [(n["notified_to"], n["receipt_no"]) for n in both["notifications"]] == [
        ("児童相談所（189）", "118"),
        ("警察（110）", None),
    ]
    unseen = api.post(f"{path}/close", role="safeguarding", version=2)
    assert (unseen.status, unseen.code) == (412, "stale")
    closed = api.post(f"{path}/close", role="safeguarding", version=both["version"]).json
    assert (closed["state"], closed["closed_at"]) == ("closed", "2026-11-28T03:00:00Z")
    again = api.post(f"{path}/close", role="safeguarding", version=closed["version"])
    assert (again.status, again.code) == (409, "concern_closed")


def test_the_first_acknowledgement_stands(api: Api) -> None:
    write_note(api, visit_of(api), safety_concern=True)
    path = f"/v1/safety-concerns/{concerns(api)[0]['id']}"
    first = api.post(f"{path}/acknowledge", role="safeguarding").json
    api.clock.forward(hours=1)
    other = api.token("safeguarding", another=True)
    second = api.send("POST", f"{path}/acknowledge", token=other).json
    assert (second["acknowledged_at"], second["acknowledged_by"], second["version"]) == (
        first["acknowledged_at"],
        first["acknowledged_by"],
        first["version"],
    )


def test_concerns_are_found_by_their_state(api: Api) -> None:
    for _ in range(3):
        write_note(api, visit_of(api), safety_concern=True)
    one, two, three = (item["id"] for item in concerns(api))
    api.post(f"/v1/safety-concerns/{one}/acknowledge", role="safeguarding")
    api.post(f"/v1/safety-concerns/{two}/close", role="safeguarding", version=1)
    found = {
        state: [item["id"] for item in concerns(api, f"?state={state}")]
        for state in ("open", "acknowledged", "closed")
    }
    assert found == {"open": [three], "acknowledged": [one], "closed": [two]}


@pytest.mark.parametrize("role", ["crew", "coordinator", "reporter", "admin"])
def test_nobody_else_sees_or_touches_a_concern(api: Api, role: str) -> None:
    write_note(api, visit_of(api), safety_concern=True)
    path = f"/v1/safety-concerns/{concerns(api)[0]['id']}"
    assert api.get("/v1/safety-concerns", role=role).status == 403
    assert api.get(path, role=role).status == 403
    for verb in ("acknowledge", "notifications", "close"):
        body = {"notified_to": "x", "notified_at": "2026-11-28T03:10:00Z"} if verb == "notifications" else {}
        assert api.post(f"{path}/{verb}", body, role=role, version=1).status == 403


def test_a_note_about_staff_is_safeguardings_alone(api: Api) -> None:
    visit = visit_of(api)
    made = api.post("/v1/contact-notes", note_for(visit, about_staff=True, text="対応が乱暴"), role="crew")
    assert made.status == 201, made
    path = f"/v1/contact-notes/{made.json['id']}"
    for role in ("crew", "coordinator"):
        assert api.get(path, role=role).status == 404
        assert api.get("/v1/contact-notes", role=role).json["items"] == []
    assert api.get(f"{path}/text", role="crew").status == 404
    assert api.get(path, role="safeguarding").json["safety_concern"] is False
    assert concerns(api)[0]["about_staff"] is True
    assert api.get(f"{path}/text?purpose=safeguarding", role="safeguarding").json["text"] == "対応が乱暴"


def test_no_figure_tells_that_there_is_a_note_about_staff(api: Api) -> None:
    """Beside the notes that everybody sees, a sum that is higher by one would say it, with its depth and topic."""
    visit = visit_of(api)
    write_note(api, visit, topics=["childcare"])

    def told(role: str) -> list[Any]:
        periods = ("week/2026-W48", "month/2026-11", "week/2026-W48?format=csv")
        answers = [api.get(f"/v1/reports/{period}", role=role) for period in periods]
        assert [answer.status for answer in answers] == [200, 200, 200]
        # Every change of anything raises that number, so it tells nothing of this one.
        reports = [{**answer.json, "change_no": None} for answer in answers[:2]]
        return [*reports, answers[2].text, api.get(f"/v1/visits/{visit}", role="coordinator").json]

    before = {role: told(role) for role in ("coordinator", "reporter")}
    everything: dict[str, Any] = {"first_connection": True, "info_given": ["leaflet"], "stages": ["infant"]}
    write_note(api, visit, about_staff=True, depth="consultation", topics=["childcare"], **everything)
    assert {role: told(role) for role in before} == before
    with api.database.read() as session:
        assert differences(session) == []


def test_a_concern_that_does_not_exist_is_not_found(api: Api) -> None:
    path = f"/v1/safety-concerns/{new_id()}"
    assert api.get(path, role="safeguarding").status == 404
    assert api.post(f"{path}/acknowledge", role="safeguarding").status == 404
    assert api.post(f"{path}/close", role="safeguarding", version=1).status == 404


CARD = {
    "steps": "①子どもを安全な場所へ ②110・119 ③189 ④責任者へ",
    "city_desks": [{"name": "子ども家庭相談", "phone": "047-000-0000", "hours": "平日 8:30–17:00"}],
    "lead_name": "担当A",
    "lead_phone": "090-0000-0000",
}


@pytest.mark.parametrize("role", ["crew", "coordinator", "safeguarding", "reporter", "admin"])
def test_every_role_gets_the_safety_card_even_before_it_is_filled_in(api: Api, role: str) -> None:
    card = api.get("/v1/safety-card", role=role)
    assert [number["phone"] for number in card.json["emergency"]] == ["110", "119", "189"]
    assert (card.json["version"], card.json["lead_phone"]) == (0, None)
    assert card.json["steps"]


def test_whoever_writes_the_first_safety_card_is_told_which_version_to_send(api: Api) -> None:
    early = api.patch("/v1/safety-card", CARD, version=1)
    assert (early.status, early.code) == (412, "not_written_yet")
    assert '"v0"' in early.json["detail"]
    assert api.patch("/v1/safety-card", CARD, version=0).status == 200


def test_the_safety_card_is_changed_by_who_saw_it_last(api: Api) -> None:
    filled = api.patch("/v1/safety-card", CARD, version=0)
    assert filled.status == 200, filled
    assert (filled.json["version"], filled.json["city_desks"]) == (1, CARD["city_desks"])
    stale = api.patch("/v1/safety-card", {"lead_name": "担当B"}, version=0)
    assert (stale.status, stale.code) == (412, "stale")
    changed = api.patch("/v1/safety-card", {"lead_name": "担当B"}, version=1, role="safeguarding")
    assert (changed.json["lead_name"], changed.json["lead_phone"]) == ("担当B", "090-0000-0000")
    assert api.get("/v1/safety-card", role="crew").json == changed.json


def test_phones_pull_the_safety_card_before_they_go_offline(api: Api) -> None:
    api.patch("/v1/safety-card", CARD, version=0)
    pulled = api.get("/v1/sync/pull", role="crew")
    assert pulled.status == 200, pulled
    assert "担当A" in pulled.text


@pytest.mark.parametrize("role", ["crew", "reporter", "admin"])
def test_others_do_not_change_the_safety_card(api: Api, role: str) -> None:
    assert api.patch("/v1/safety-card", CARD, version=0, role=role).status == 403


def test_a_push_fills_in_the_card_as_online_does(api: Api) -> None:
    card_id = api.get("/v1/safety-card").json["id"]
    sent = operation("safety_card.change", CARD, entity_id=card_id, base_version=0)
    assert results(push(api, sent, role="coordinator")) == [("applied", None)]
    assert api.get("/v1/safety-card").json["lead_name"] == "担当A"


def test_there_is_one_safety_card(api: Api) -> None:
    sent = operation("safety_card.change", CARD, base_version=0)
    assert results(push(api, sent, role="coordinator")) == [("rejected", "not_found")]
    assert api.get("/v1/safety-card").json["version"] == 0


@pytest.mark.parametrize(
    ("change", "path", "code"),
    [
        ({}, "", "nothing_to_change"),
        ({"steps": None}, "/steps", "null"),
        ({"lead_phone": "call me"}, "/lead_phone", "not_phone"),
        ({"lead_phone": "<script>1"}, "/lead_phone", "not_phone"),
        ({"city_desks": [{"name": "x"}]}, "/city_desks/0/phone", "required"),
    ],
)
def test_a_faulty_card_is_refused(api: Api, change: dict[str, Any], path: str, code: str) -> None:
    assert api.patch("/v1/safety-card", change, version=0).faults.get(path) == code
