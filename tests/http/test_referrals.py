"""Destinations, referrals, outcomes and consent through HTTP."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from outreach_api.kernel.ids import new_id
from schemas.vocabulary import PROGRAMMES, DestinationKind
from tests.api import Answer, Api
from tests.http.test_contact_notes import note_for, visit_of, write_note
from tests.http.test_sync import operation, push, results

CONSENT = {"scope": "hand_over", "given_by": "guardian", "method": "oral", "at": "2026-11-28T02:30:00Z"}
LINE = {
    "kind": "line",
    "name": "つながるLINE",
    "how_to_join": "QRを読みとって友だち追加",
    "url": "https://example.org/line",
    "leaflet_stock": 20,
}


def destination(api: Api, **fields: Any) -> str:
    made = api.post("/v1/destinations", {**LINE, **fields})
    assert made.status == 201, made
    return str(made.json["id"])


def refer(api: Api, to: str, *, visit: str | None = None, role: str = "crew", **fields: Any) -> Answer:
    body = {"visit_id": visit or visit_of(api), "destination_id": to, **fields}
    return api.post("/v1/referrals", body, role=role)


def report(api: Api, referral: str, outcome: str, day: str, *, role: str = "crew", **kwargs: Any) -> Answer:
    body = {"outcome": outcome, "local_day": day}
    return api.post(f"/v1/referrals/{referral}/outcomes", body, role=role, **kwargs)


@pytest.mark.parametrize("kind", list(DestinationKind))
def test_every_programme_and_every_service_outside_can_be_a_destination(
    api: Api, kind: DestinationKind
) -> None:
    made = api.get(f"/v1/destinations/{destination(api, kind=kind.value)}", role="crew")
    assert (made.json["kind"], made.json["programme"]) == (kind.value, kind in PROGRAMMES)


def test_a_destination_says_how_to_join_in_both_languages(api: Api) -> None:
    said = {
        "kana": "つながるらいん",
        "name_en": "Tsunagaru LINE",
        "how_to_join_en": "Scan the code.",
        "address": "松戸市根本387-5",
        "phone": "047-000-0000",
        "qr_text": "https://example.org/line?from=car",
        "hours": "平日 10–16時",
    }
    made = api.post("/v1/destinations", {**LINE, **said})
    assert {name: made.json[name] for name in said} == said
    for role in ("crew", "safeguarding", "reporter", "admin"):
        assert api.get(f"/v1/destinations/{made.json['id']}", role=role).json == made.json


def test_leaflets_are_counted_by_who_saw_the_last_count(api: Api) -> None:
    path = f"/v1/destinations/{destination(api)}"
    assert api.patch(path, {"leaflet_stock": 5}, version=1).json["leaflet_stock"] == 5
    stale = api.patch(path, {"leaflet_stock": 15}, version=1)
    assert (stale.status, stale.code) == (412, "stale")
    unseen = api.send("PATCH", path, {"leaflet_stock": 15}, role="coordinator")
    assert (unseen.status, unseen.code) == (428, "precondition_required")
    gone = api.patch(path, {"active": False}, version=2)
    assert gone.json["active"] is False
    assert api.get("/v1/destinations?active=true").json["items"] == []
    assert len(api.get("/v1/destinations?kind=line").json["items"]) == 1


@pytest.mark.parametrize("role", ["crew", "reporter"])
def test_crew_and_reporters_read_destinations_but_change_none(api: Api, role: str) -> None:
    assert api.post("/v1/destinations", LINE, role=role).status == 403
    assert (
        api.patch(f"/v1/destinations/{destination(api)}", {"hours": "x"}, version=1, role=role).status == 403
    )


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("url", "javascript:alert(1)", "not_https"),
        ("url", "http://example.org", "not_https"),
        ("url", "https://", "not_https"),
        ("url", "https://user@example.org@evil.example/", "not_https"),
        ("url", 'https://example.org/"><script>', "not_https"),
        ("url", " https://example.org", "not_https"),
        ("url", "https://example.org/" + "a" * 300, "too_long"),
        ("url", "https://example.org\n", "control_character"),
        ("qr_text", "javascript:alert(1)", "not_qr"),
        ("qr_text", "tel:110;ext=1", "not_qr"),
        ("phone", "047-０００-0000", "not_phone"),
        ("phone", "電話して", "not_phone"),
        ("leaflet_stock", -1, "too_small"),
        ("leaflet_stock", 2**63 - 1, "too_large"),
        ("kind", "church", "not_in_list"),
        ("name", "", "too_short"),
        ("staff", "x", "unknown_key"),
    ],
)
def test_a_faulty_destination_is_refused_by_its_field(api: Api, field: str, value: Any, code: str) -> None:
    assert api.post("/v1/destinations", {**LINE, field: value}).faults == {f"/{field}": code}


def test_a_referral_keeps_every_outcome_and_shows_the_current_one(api: Api) -> None:
    made = refer(api, destination(api))
    assert (made.status, made.json["outcome"], made.json["direction"]) == (201, None, "out"), made
    path = f"/v1/referrals/{made.json['id']}"
    report(api, made.json["id"], "offered", "2026-11-28")
    report(api, made.json["id"], "handed_over", "2026-11-30", role="coordinator")
    last = report(api, made.json["id"], "connected", "2026-12-05", role="safeguarding")
    assert last.status == 201, last
    shown = api.get(path).json
    assert shown["outcome"] == "connected"
    assert [(event["outcome"], event["local_day"]) for event in shown["outcomes"]] == [
        ("offered", "2026-11-28"),
        ("handed_over", "2026-11-30"),
        ("connected", "2026-12-05"),
    ]


def test_an_old_outcome_that_syncs_late_does_not_undo_a_newer_one(api: Api) -> None:
    referral = refer(api, destination(api)).json["id"]
    report(api, referral, "connected", "2026-12-05", role="coordinator")
    late = report(api, referral, "offered", "2026-11-28")
    assert late.json["outcome"] == "connected"
    corrected = report(api, referral, "not_connected", "2026-12-05", role="coordinator")
    assert corrected.json["outcome"] == "not_connected"


def test_a_resent_outcome_stands_in_the_history_once(api: Api) -> None:
    referral, key = refer(api, destination(api)).json["id"], new_id()
    first = report(api, referral, "offered", "2026-11-28", key=key)
    again = report(api, referral, "offered", "2026-11-28", key=key)
    assert (again.status, again.json) == (201, first.json)
    assert len(again.json["outcomes"]) == 1


def test_a_referral_in_comes_from_a_destination(api: Api) -> None:
    made = refer(api, destination(api, kind="baby"), direction="in")
    assert (made.json["direction"], made.json["destination_kind"]) == ("in", "baby")


def test_referrals_are_found_by_day_destination_direction_and_current_outcome(api: Api) -> None:
    line, school = destination(api), destination(api, kind="school")
    first = refer(api, line).json["id"]
    later = visit_of(api, day=dt.date(2026, 12, 5))
    second = refer(api, school, visit=later, direction="in").json["id"]
    report(api, first, "offered", "2026-11-28")
    report(api, first, "connected", "2026-11-29")
    for query, found in (
        (f"destination_id={line}", [first]),
        (f"visit_id={later}", [second]),
        ("direction=in", [second]),
        ("outcome=connected", [first]),
        ("outcome=offered", []),
        ("from_day=2026-12-01", [second]),
        ("to_day=2026-12-01", [first]),
        ("", [second, first]),
    ):
        answer = api.get(f"/v1/referrals?{query}", role="crew")
        assert [item["id"] for item in answer.json["items"]] == found, query


def test_another_vans_referral_does_not_exist_for_crew(api: Api) -> None:
    to, visit = destination(api), visit_of(api, van=api.other_van)
    referral = refer(api, to, visit=visit, role="coordinator").json["id"]
    assert refer(api, to, visit=visit).code == "visit_unknown"
    assert api.get(f"/v1/referrals/{referral}", role="crew").status == 404
    assert api.get("/v1/referrals", role="crew").json["items"] == []
    assert report(api, referral, "offered", "2026-11-28").code == "referral_unknown"
    assert api.post(f"/v1/referrals/{referral}/withdraw-consent", role="crew").status == 404
    assert api.post(f"/v1/referrals/{referral}/consents", CONSENT, role="crew").status == 404


@pytest.mark.parametrize("role", ["reporter", "admin"])
def test_others_see_no_referrals(api: Api, role: str) -> None:
    referral = refer(api, destination(api)).json["id"]
    assert api.get("/v1/referrals", role=role).status == 403
    assert api.get(f"/v1/referrals/{referral}", role=role).status == 403


def test_a_referral_may_name_a_note_of_the_own_van_only(api: Api) -> None:
    to = destination(api)
    own = write_note(api, visit_of(api))
    assert refer(api, to, note_id=own).json["note_id"] == own
    others = write_note(api, visit_of(api, van=api.other_van), role="coordinator")
    for note in (others, str(new_id())):
        refused = refer(api, to, note_id=note)
        assert (refused.status, refused.code) == (404, "note_unknown")


def test_an_unknown_destination_is_named(api: Api) -> None:
    assert refer(api, str(new_id())).faults == {"/destination_id": "unknown_reference"}


def test_note_referral_outcome_and_consent_go_in_one_push_whatever_their_order(api: Api) -> None:
    visit, to = visit_of(api), destination(api, kind="accompany")
    note = operation("note.write", note_for(visit))
    referral = operation(
        "referral.open", {"visit_id": visit, "destination_id": to, "note_id": note["entity_id"]}
    )
    named = {"referral_id": referral["entity_id"]}
    consent = operation("consent.give", {**CONSENT, **named, "case_ref": "BS-2026-0042"})
    outcome = operation(
        "referral.report_outcome", {**named, "outcome": "handed_over", "local_day": "2026-11-28"}
    )
    answer = push(api, consent, outcome, referral, note)
    assert results(answer) == [("applied", None)] * 4
    shown = api.get(f"/v1/referrals/{referral['entity_id']}", role="safeguarding").json
    assert (shown["outcome"], shown["case_ref"]) == ("handed_over", "BS-2026-0042")


def test_nobody_is_handed_over_to_accompany_without_consent(api: Api) -> None:
    to = destination(api, kind="accompany")
    refused = refer(api, to, case_ref="BS-2026-0042")
    assert (refused.status, refused.code) == (422, "consent_required")
    referral = refer(api, to).json["id"]
    assert report(api, referral, "offered", "2026-11-28").status == 201
    early = report(api, referral, "handed_over", "2026-11-28")
    assert (early.status, early.code) == (422, "consent_required")
    given = api.post(f"/v1/referrals/{referral}/consents", CONSENT, role="crew")
    assert given.json["consent"] == {**CONSENT, "withdrawn_at": None}
    assert report(api, referral, "handed_over", "2026-11-28").json["outcome"] == "handed_over"


def test_a_case_reference_goes_to_accompany_only(api: Api) -> None:
    refused = refer(api, destination(api), case_ref="BS-2026-0042", consent=CONSENT)
    assert (refused.status, refused.code) == (422, "case_ref_not_here")


def test_only_safeguarding_sees_the_case_reference(api: Api) -> None:
    made = refer(api, destination(api, kind="accompany"), case_ref="BS-2026-0042", consent=CONSENT)
    assert (made.status, made.json["case_ref"]) == (201, None)
    path = f"/v1/referrals/{made.json['id']}"
    for role in ("crew", "coordinator"):
        for shown in (api.get(path, role=role), api.get("/v1/referrals", role=role)):
            assert "BS-2026-0042" not in shown.text
    assert api.get(path, role="safeguarding").json["case_ref"] == "BS-2026-0042"


def test_withdrawn_consent_erases_the_reference_and_needs_a_new_one(api: Api) -> None:
    made = refer(api, destination(api, kind="accompany"), case_ref="BS-2026-0042", consent=CONSENT)
    path = f"/v1/referrals/{made.json['id']}"
    assert api.post(f"{path}/consents", CONSENT, role="crew").code == "consent_stands"
    withdrawn = api.post(f"{path}/withdraw-consent", role="crew")
    assert withdrawn.json["consent"]["withdrawn_at"] == "2026-11-28T03:00:00Z"
    assert api.get(path, role="safeguarding").json["case_ref"] is None
    assert report(api, made.json["id"], "handed_over", "2026-11-28").code == "consent_required"
    api.clock.forward(days=1)
    assert api.post(f"{path}/withdraw-consent", role="crew").json == withdrawn.json
    asked_again = {**CONSENT, "method": "paper", "at": "2026-11-30T02:30:00Z"}
    api.clock.forward(hours=1)
    assert api.post(f"{path}/consents", CONSENT, role="coordinator").code == "consent_was_withdrawn"
    api.clock.forward(days=1)
    again = api.post(f"{path}/consents", asked_again, role="coordinator")
    assert (again.json["consent"]["method"], again.json["consent"]["withdrawn_at"]) == ("paper", None)


@pytest.mark.parametrize("ref", ["YAMADA", "山田-1", "bs-1", "A1", "A" * 30 + "1", "-A1", ""])
def test_a_case_reference_leaves_no_room_for_a_name(api: Api, ref: str) -> None:
    to = destination(api, kind="accompany")
    assert refer(api, to, case_ref=ref, consent=CONSENT).faults.keys() == {"/case_ref"}


def test_a_consent_says_what_who_how_and_when(api: Api) -> None:
    referral = refer(api, destination(api, kind="accompany")).json["id"]
    refused = api.post(f"/v1/referrals/{referral}/consents", {"scope": "all", "who": "母"}, role="crew")
    assert refused.faults == {
        "/scope": "not_in_list",
        "/given_by": "required",
        "/method": "required",
        "/at": "required",
        "/who": "unknown_key",
    }
