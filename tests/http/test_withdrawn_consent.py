"""A consent that was withdrawn is over everywhere: online, on phones, for what arrives late, and after a restore."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
import sqlalchemy as sa

from outreach_api.kernel.ids import new_id
from outreach_api.storage.contacts import Consent, Referral
from outreach_api.storage.ended import end_again
from tests.api import Api
from tests.http.test_quarantine import a_phone_that_left, accept
from tests.http.test_referrals import CONSENT, destination, refer, report, visit_of
from tests.http.test_rejections import content_of, letters
from tests.http.test_sync import operation, pull_all, push, results
from tests.telling import merge

REF = "BS-2026-0042"
PHONES = ("crew", "coordinator", "safeguarding")


def handed_over(api: Api, **fields: Any) -> str:
    """A referral to accompany, with a consent that stands."""
    made = refer(api, destination(api, kind="accompany"), case_ref=REF, consent=CONSENT, **fields)
    assert made.status == 201, made
    return str(made.json["id"])


def withdraw(api: Api, referral: str, role: str = "coordinator") -> Any:
    return api.post(f"/v1/referrals/{referral}/withdraw-consent", role=role)


def give(referral: str, at: str, **envelope: Any) -> dict[str, Any]:
    return operation(
        "consent.give", {**CONSENT, "at": at, "referral_id": referral, "case_ref": REF}, **envelope
    )


def sent_now(api: Api) -> str:
    return api.clock().isoformat().replace("+00:00", "Z")


def pulled(api: Api, role: str, cursor: str | None = None, **who: Any) -> tuple[dict[str, bool], str]:
    """Of each consent that came whether it is gone, and where to go on."""
    items, after = pull_all(api, 200, cursor, role=role, **who)
    return {item["id"]: item["gone"] for item in items if item["kind"] == "consent"}, after


def stands(api: Api, referral: str) -> bool:
    shown = api.get(f"/v1/referrals/{referral}", role="safeguarding").json
    assert (shown["case_ref"] is not None) == (shown["consent"]["withdrawn_at"] is None)
    return shown["case_ref"] is not None


@pytest.mark.parametrize("role", PHONES)
def test_it_reaches_every_device_at_its_next_pull(api: Api, role: str) -> None:
    referral = handed_over(api)
    before, cursor = pulled(api, role)
    assert before == {referral: False}
    assert withdraw(api, referral).status == 200
    after, _ = pulled(api, role, cursor)
    assert after == {referral: True}
    fresh, _ = pulled(api, role)
    assert fresh in ({}, {referral: True})


def test_what_phones_hold_of_a_consent_names_nobody(api: Api) -> None:
    referral = handed_over(api)
    for role in PHONES:
        items, _ = pull_all(api, 200, role=role)
        (data,) = [item["data"] for item in items if item["kind"] == "consent"]
        assert (data["id"], data["scope"]) == (referral, "hand_over")
        assert REF not in str(items)
    assert pulled(api, "crew", van=api.other_van)[0] == {}
    assert pulled(api, "admin")[0] == {}


def test_a_consent_that_came_after_its_referral_is_told_too_and_moves_with_its_visit(api: Api) -> None:
    visit, kept = visit_of(api), visit_of(api)
    referral = refer(api, destination(api, kind="accompany"), visit=visit).json["id"]
    _, cursor = pulled(api, "crew")
    api.post(f"/v1/referrals/{referral}/consents", CONSENT, role="crew")
    found, cursor = pulled(api, "crew", cursor)
    assert found == {referral: False}
    assert merge(api, visit, kept).status == 200
    items, _ = pull_all(api, 200, cursor, role="crew")
    (data,) = [item["data"] for item in items if item["kind"] == "consent"]
    assert data["visit_id"] == kept


@pytest.mark.parametrize("role", PHONES)
def test_withdrawn_by_push_it_is_over_for_all(api: Api, role: str) -> None:
    referral = handed_over(api)
    said = operation("consent.withdraw", {}, entity_id=referral, occurred_at="2026-11-28T02:45:00Z")
    assert results(push(api, said, role=role)) == [("applied", None)]
    assert results(push(api, said, role=role)) == [("duplicate", None)]
    shown = api.get(f"/v1/referrals/{referral}", role="safeguarding").json
    assert (shown["case_ref"], shown["consent"]["withdrawn_at"]) == (None, "2026-11-28T02:45:00Z")
    late = operation(
        "referral.report_outcome",
        {"referral_id": referral, "outcome": "handed_over", "local_day": "2026-11-28"},
    )
    assert results(push(api, late)) == [("rejected", "consent_required")]
    assert report(api, referral, "handed_over", "2026-11-29").code == "consent_required"
    assert report(api, referral, "connected", "2026-11-29").status == 201, "others are no hand-over by name"


def test_a_withdrawal_waits_for_a_referral_that_is_still_on_another_phone(api: Api) -> None:
    """It was refused for good once, and then the referral came with its consent standing."""
    to, visit = destination(api, kind="accompany"), visit_of(api)
    opened = operation(
        "referral.open", {"visit_id": visit, "destination_id": to, "case_ref": REF, "consent": CONSENT}
    )
    said = operation("consent.withdraw", {}, entity_id=opened["entity_id"])
    assert results(push(api, said, role="coordinator")) == [("retry", "referral_unknown")]
    assert results(push(api, opened)) == [("applied", None)]
    assert results(push(api, said, role="coordinator")) == [("applied", None)]
    assert not stands(api, opened["entity_id"])


def test_a_consent_from_before_that_arrives_late_does_not_stand_again(api: Api) -> None:
    referral = refer(api, destination(api, kind="accompany")).json["id"]
    assert withdraw(api, referral).status == 200
    late = give(referral, "2026-11-28T02:30:00Z")
    assert results(push(api, late, sent_at=sent_now(api))) == [("conflict", "consent_was_withdrawn")]
    assert letters(api, role="safeguarding") == [], "its reference is kept nowhere"
    assert api.get(f"/v1/referrals/{referral}", role="safeguarding").json["case_ref"] is None
    assert report(api, referral, "handed_over", "2026-11-28").code == "consent_required"


def test_given_withdrawn_and_given_again_offline_ends_as_it_was_said(api: Api) -> None:
    referral = refer(api, destination(api, kind="accompany")).json["id"]
    said = [
        give(referral, "2026-11-28T01:00:00Z", occurred_at="2026-11-28T01:00:00Z"),
        operation("consent.withdraw", {}, entity_id=referral, occurred_at="2026-11-28T01:30:00Z"),
        give(referral, "2026-11-28T02:00:00Z", occurred_at="2026-11-28T02:00:00Z"),
    ]
    assert results(push(api, *said)) == [("applied", None)] * 3
    assert stands(api, referral)


def test_one_in_quarantine_does_not_come_back_and_does_not_wait_for_ever(api: Api) -> None:
    referral = refer(api, destination(api, kind="accompany")).json["id"]
    token, me = a_phone_that_left(api)
    push(api, give(referral, "2026-11-28T02:30:00Z"), token=token)
    withdraw(api, referral)
    answer = accept(api, me).json
    assert [line["code"] for line in answer["results"]] == ["consent_was_withdrawn"]
    assert answer["left"] == 0
    assert letters(api, role="safeguarding") == []


def test_no_list_report_or_file_shows_the_reference_after_it(api: Api) -> None:
    referral = handed_over(api)
    report(api, referral, "handed_over", "2026-11-28")
    withdraw(api, referral)
    for path in ("/v1/referrals", f"/v1/referrals/{referral}", "/v1/reports/week/2026-W48?format=csv"):
        assert REF not in api.get(path, role="safeguarding").text, path
    with api.database.read() as session:
        assert session.scalars(sa.select(Referral.case_ref)).all() == [None]


def test_no_letter_shows_the_reference_after_it_and_a_new_consent_lets_it_be_seen(api: Api) -> None:
    referral = handed_over(api)
    unread = give(referral, "2026-11-28T02:30:00Z")
    unread["payload"]["mood"] = "sad"
    again = operation("referral.open", {"case_ref": REF, "mood": "sad"}, entity_id=referral)
    assert results(push(api, unread, again)) == [("rejected", "invalid")] * 2

    def shown() -> list[Any]:
        found = [content_of(api, letter)["payload"] for letter in letters(api, role="safeguarding")]
        assert all(payload["mood"] == "sad" for payload in found)
        return [payload["case_ref"] for payload in found]

    assert shown() == [REF, REF]
    withdraw(api, referral)
    assert shown() == [None, None]
    api.clock.forward(minutes=1)
    renewed = give(referral, sent_now(api), occurred_at=sent_now(api))
    assert results(push(api, renewed, sent_at=sent_now(api))) == [("applied", None)]
    assert shown() == [REF, REF]


def test_after_a_restore_it_is_withdrawn_again_and_a_later_consent_stands(api: Api) -> None:
    ended, renewed = handed_over(api), handed_over(api)
    for referral in (ended, renewed):
        withdraw(api, referral)
    with api.database.write() as session:  # as it was before
        session.execute(sa.update(Consent).values(withdrawn_at=None))
        session.execute(sa.update(Referral).values(case_ref=REF, consent_withdrawn_at=None))
    api.clock.forward(hours=1)
    with api.database.write() as session:
        session.execute(
            sa.update(Consent)
            .where(Consent.referral_id == uuid.UUID(renewed))
            .values(received_at=api.clock())
        )
        end_again(session, api.keyring.witness, api.clock())
    assert (stands(api, ended), stands(api, renewed)) == (False, True)
    late = give(ended, "2026-11-28T02:30:00Z", op_id=str(new_id()))
    assert results(push(api, late, sent_at=sent_now(api))) == [("conflict", "consent_was_withdrawn")]
