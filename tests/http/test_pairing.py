"""A phone comes in with a code: typed or read from a picture, once, within ten minutes, and by nobody who guesses."""

from __future__ import annotations

import re
import sqlite3
import uuid
import xml.etree.ElementTree as ET
from collections.abc import Collection
from typing import Any

import pytest
import sqlalchemy as sa

from outreach_api.access.rules.tokens import prefix_of
from outreach_api.access.writes.tokens import revoke_token
from outreach_api.kernel.ids import new_id
from outreach_api.storage.access import Device, Pairing, Token
from outreach_api.storage.ended import end_again
from outreach_api.storage.ledger import AuditEntry
from outreach_api.storage.witness import EndedToken, Witness
from tests.api import Answer, Api

REDEEM = "/v1/pairings/redeem"


def invite(api: Api, role: str = "coordinator", **said: Any) -> dict[str, Any]:
    answer = api.post("/v1/pairings", said or {"van_id": str(api.van), "label": "車の電話1"}, role=role)
    assert answer.status == 201, answer
    shown: dict[str, Any] = answer.json
    return shown


def redeem(api: Api, code: str, key: uuid.UUID | None = None) -> Answer:
    return api.post(REDEEM, {"code": code}, role=None, key=key or new_id())


def linked(shown: dict[str, Any]) -> str:
    return str(shown["link"].partition("#")[2])


def test_a_phone_types_its_code_and_is_of_its_van(api: Api) -> None:
    shown = invite(api)
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{3}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{3}", shown["code"])
    answer = redeem(api, shown["code"])
    assert (answer.status, answer.json["role"], answer.json["van_id"]) == (201, "crew", str(api.van))
    me = api.get("/v1/me", role=None, token=answer.json["token"]).json
    assert (me["holder_id"], me["label"], me["holder"]) == (answer.json["holder_id"], "車の電話1", "device")
    assert me["expires_at"] == answer.json["expires_at"]
    assert api.get(f"/v1/pairings/{shown['id']}").json["state"] == "redeemed"


def test_a_code_is_understood_however_it_is_typed(api: Api) -> None:
    wide = {ord(c): ord(c) + 0xFEE0 for c in "0123456789ABCDEFGHJKMNPQRSTVWXYZ"}
    for change in (
        str.lower,
        lambda code: code.replace("-", ""),
        lambda code: code.replace("-", " "),
        lambda code: code.replace("-", "ー").translate(wide),
        lambda code: f"  {code} ",
        lambda code: code.replace("0", "O").replace("1", "l"),
    ):
        assert redeem(api, change(invite(api)["code"])).status == 201


def test_the_picture_holds_at_least_128_bits_and_they_never_reach_a_server(api: Api) -> None:
    shown = invite(api)
    path, _, secret = shown["link"].partition("#")
    assert path.endswith("/pair")
    assert len(secret) - 3 >= 26  # 5 bits each, without the public part
    assert redeem(api, secret).status == 201
    picture = ET.fromstring(shown["qr_svg"])  # noqa: S314 - our own
    assert picture.tag.endswith("svg")
    assert "script" not in shown["qr_svg"]


@pytest.mark.parametrize("host", ["", "a b", "evil/path", "x@y", "example.org:99999"])
def test_who_names_no_address_that_could_be_ours_gets_a_code_and_no_link(api: Api, host: str) -> None:
    answer = api.post("/v1/pairings", {"van_id": str(api.van)}, headers={"Host": host})
    assert (answer.status, answer.json["link"], answer.json["qr_svg"]) == (201, None, None)
    assert redeem(api, answer.json["code"]).status == 201


def test_the_page_that_a_camera_opens_says_what_to_do(api: Api) -> None:
    page = api.get("/pair", role=None)
    assert page.status == 200
    assert "アプリ" in page.text
    assert "<script" not in page.text


def test_a_code_serves_one_phone(api: Api) -> None:
    shown = invite(api)
    assert redeem(api, shown["code"]).status == 201
    for code in (shown["code"], linked(shown)):
        assert redeem(api, code).code == "code_not_valid"


def test_a_lost_answer_is_asked_for_again_with_the_same_key(api: Api) -> None:
    shown, key = invite(api), new_id()
    lost = redeem(api, shown["code"], key).json
    again = redeem(api, shown["code"], key).json
    assert again["token"] != lost["token"]
    assert again["holder_id"] == lost["holder_id"], "still one phone"
    assert api.get("/v1/me", role=None, token=lost["token"]).status == 401
    assert api.get("/v1/me", role=None, token=again["token"]).status == 200
    assert redeem(api, shown["code"], key).code == "code_not_valid", "its token is in use by now"
    with api.database.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Device)) == 1


def test_a_code_ends_after_ten_minutes(api: Api) -> None:
    shown = invite(api)
    api.clock.forward(minutes=9, seconds=59)
    other = invite(api)
    api.clock.forward(seconds=1)
    for code in (shown["code"], linked(shown)):
        assert redeem(api, code).code == "code_not_valid"
    assert api.get(f"/v1/pairings/{shown['id']}").json["state"] == "expired"
    assert redeem(api, other["code"]).status == 201


def test_who_asks_again_for_the_codes_ends_those_from_before(api: Api) -> None:
    key = new_id()
    body = {"van_id": str(api.van), "label": "車の電話1"}
    first = api.post("/v1/pairings", body, key=key).json
    second = api.post("/v1/pairings", body, key=key).json
    assert (first["id"], first["code"] == second["code"]) == (second["id"], False)
    assert redeem(api, first["code"]).code == "code_not_valid"
    assert redeem(api, linked(first)).code == "code_not_valid"
    assert redeem(api, second["code"]).status == 201
    third = api.post("/v1/pairings", body, key=key)
    assert (third.status, third.json["state"], third.json["code"]) == (201, "redeemed", None)


def test_five_wrong_codes_end_an_invitation_and_leave_the_others(api: Api) -> None:
    shown, other = invite(api), invite(api, van_id=str(api.other_van), label="2号車")
    locator, right = shown["code"][:3], shown["code"]
    wrong = [locator + f"{number:07}" for number in range(5)]
    assert right.replace("-", "") not in wrong
    for code in wrong:
        assert redeem(api, code).code == "code_not_valid"
    for code in (right, linked(shown)):
        assert redeem(api, code).code == "code_not_valid"
    assert api.get(f"/v1/pairings/{shown['id']}").json["state"] == "ended"
    assert redeem(api, other["code"]).status == 201


def test_four_wrong_ones_do_not(api: Api) -> None:
    shown = invite(api)
    for number in range(4):
        redeem(api, shown["code"][:3] + f"{number:07}")
    assert redeem(api, shown["code"]).status == 201


def test_an_address_that_goes_on_guessing_has_to_wait(api: Api) -> None:
    shown = invite(api)
    for number in range(30):
        assert redeem(api, f"ZZZ{number:07}").status == 422
    refused = redeem(api, shown["code"])
    assert (refused.status, refused.code) == (429, "too_many_attempts")
    assert int(refused.headers["Retry-After"]) <= 600
    api.clock.forward(seconds=int(refused.headers["Retry-After"]))
    assert redeem(api, invite(api)["code"]).status == 201


def test_what_is_wrong_about_a_code_is_not_told(api: Api) -> None:
    used, ended, open_one = invite(api), invite(api), invite(api)
    redeem(api, used["code"])
    for number in range(5):
        redeem(api, ended["code"][:3] + f"{number:07}")
    codes = [used["code"], ended["code"], open_one["code"][:3] + "0000000", "ZZZ0000000", "x", "あ", "0" * 29]
    told = {
        re.sub(r'"request_id":"[^"]*"', "", answer.text) for answer in (redeem(api, code) for code in codes)
    }
    assert len(told) == 1


def test_codes_are_kept_as_hashes_and_not_at_all_once_they_have_ended(api: Api) -> None:
    shown = invite(api)
    secret = shown["code"].replace("-", "")[3:]
    with api.database.read() as session:
        row = session.get_one(Pairing, uuid.UUID(shown["id"]))
        assert row.code_hash is not None
        assert row.code_hash.startswith("$argon2id$")
        assert secret not in repr(vars(row))
        assert linked(shown)[3:].encode() not in repr(vars(row)).encode()
    api.clock.forward(minutes=11)
    invite(api)
    with api.database.read() as session:
        row = session.get_one(Pairing, uuid.UUID(shown["id"]))
        assert (row.locator, row.code_hash, row.link_hash) == (None, None, None)


def test_the_same_phone_is_paired_again_and_what_it_lost_opens_nothing(api: Api) -> None:
    first = redeem(api, invite(api)["code"]).json
    again = invite(api, device_id=first["holder_id"])
    assert (again["label"], again["van_id"]) == ("車の電話1", str(api.van))
    assert api.get("/v1/me", role=None, token=first["token"]).status == 200, "until the code is used"
    second = redeem(api, again["code"]).json
    assert second["holder_id"] == first["holder_id"]
    assert api.get("/v1/me", role=None, token=first["token"]).status == 401
    assert api.get("/v1/me", role=None, token=second["token"]).status == 200


def test_only_administrators_invite_people_and_in_their_own_role(api: Api) -> None:
    person = api.post("/v1/people", {"name": "責任者", "role": "safeguarding"}, role="admin").json
    body = {"person_id": person["id"]}
    assert api.post("/v1/pairings", body, role="coordinator").code == "forbidden"
    given = redeem(api, invite(api, "admin", **body)["code"]).json
    assert (given["role"], given["van_id"], given["holder_id"]) == ("safeguarding", None, person["id"])
    for role in ("crew", "reporter", "safeguarding"):
        assert api.post("/v1/pairings", {"van_id": str(api.van)}, role=role).code == "forbidden"


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({}, {"": "one_of"}),
        ({"van_id": str(new_id()), "device_id": str(new_id())}, {"": "one_of"}),
        ({"van_id": str(new_id())}, {"/van_id": "unknown_reference"}),
        ({"device_id": str(new_id())}, {"/device_id": "unknown_reference"}),
        ({"person_id": str(new_id())}, {"/person_id": "unknown_reference"}),
    ],
)
def test_an_invitation_is_for_one_that_is_there(api: Api, body: Any, faults: dict[str, str]) -> None:
    answer = api.post("/v1/pairings", body, role="admin")
    assert (answer.status, answer.faults) == (422, faults)


def test_crew_are_not_invited_by_name(api: Api) -> None:
    person = api.post("/v1/people", {"name": "スタッフB", "role": "crew"}, role="admin").json
    answer = api.post("/v1/pairings", {"person_id": person["id"]}, role="admin")
    assert answer.faults == {"/person_id": "crew_uses_phones"}


def test_a_code_needs_a_key_so_that_a_lost_answer_can_be_asked_for(api: Api) -> None:
    shown = invite(api)
    assert api.post(REDEEM, {"code": shown["code"]}, role=None, key="").code == "idempotency_key_required"
    assert redeem(api, shown["code"]).status == 201, "and it costs no code"


def test_invitations_and_who_came_in_are_in_the_audit(api: Api) -> None:
    shown = invite(api)
    holder = redeem(api, shown["code"]).json["holder_id"]
    with api.database.read() as session:
        rows = session.scalars(
            sa.select(AuditEntry)
            .where(AuditEntry.entity_id == uuid.UUID(shown["id"]))
            .order_by(AuditEntry.seq)
        ).all()
    assert [row.action for row in rows] == ["pair", "redeem"]
    assert str(rows[1].holder_id) == holder


def test_rotation_keeps_the_old_token_until_the_new_one_is_used(api: Api) -> None:
    old = redeem(api, invite(api)["code"]).json["token"]
    api.clock.forward(days=30)
    new = api.post("/v1/tokens/rotate", role=None, token=old)
    assert new.status == 201
    assert api.get("/v1/me", role=None, token=old).status == 200, "the answer may have been lost"
    assert api.get("/v1/me", role=None, token=new.json["token"]).status == 200
    assert api.get("/v1/me", role=None, token=old).status == 401


def test_a_lost_rotation_is_asked_for_again_and_leaves_one_new_token(api: Api) -> None:
    old = redeem(api, invite(api)["code"]).json["token"]
    lost, new = (api.post("/v1/tokens/rotate", {}, role=None, token=old).json["token"] for _ in range(2))
    assert api.get("/v1/me", role=None, token=lost).status == 401
    assert api.get("/v1/me", role=None, token=new).status == 200
    with api.database.read() as session:
        live = sa.select(sa.func.count()).select_from(Token).where(Token.revoked_at.is_(None))
        assert session.scalar(live.where(Token.device_id.is_not(None))) == 1


def test_while_the_cabinet_cannot_be_written_a_rotated_token_comes_in_and_ends_the_old_one(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = redeem(api, invite(api)["code"]).json["token"]
    new = api.post("/v1/tokens/rotate", role=None, token=old).json["token"]
    tried = []

    def cannot(_witness: Witness, ended: Collection[EndedToken]) -> None:
        tried.append(ended)
        raise sa.exc.OperationalError(
            "", {}, sqlite3.OperationalError("attempt to write a readonly database")
        )

    with monkeypatch.context() as broken:
        broken.setattr(Witness, "note_tokens", cannot)
        assert [api.get("/v1/me", role=None, token=one).status for one in (new, old)] == [200, 401]
    assert len(tried) == 1
    assert prefix_of(old) not in [one.prefix for one in api.keyring.witness.ended_tokens()]
    assert api.get("/v1/me", role=None, token=new).status == 200
    assert prefix_of(old) in [one.prefix for one in api.keyring.witness.ended_tokens()], "then it is noted"


def test_only_the_first_use_of_a_token_that_replaces_one_opens_the_cabinet(api: Api) -> None:
    old = redeem(api, invite(api)["code"]).json["token"]
    opened: list[Any] = []
    of_cabinet = api.keyring.cabinet.database
    note = opened.append
    sa.event.listen(of_cabinet.engine, "begin", note)
    try:
        counted = []
        for _ in range(2):
            assert api.get("/v1/me", role=None, token=old).status == 200
        counted.append(len(opened))
        new = api.post("/v1/tokens/rotate", role=None, token=old).json["token"]
        for _ in range(3):
            assert api.get("/v1/me", role=None, token=new).status == 200
            counted.append(len(opened))
        api.clock.forward(days=1)
        assert api.get("/v1/me", role=None, token=new).status == 200
        counted.append(len(opened))
    finally:
        sa.event.remove(of_cabinet.engine, "begin", note)
    assert counted == [0, 1, 1, 1, 1]


def test_a_token_that_nobody_uses_ends(api: Api) -> None:
    token = redeem(api, invite(api)["code"]).json["token"]
    for _ in range(2):
        api.clock.forward(days=120)
        assert api.get("/v1/me", role=None, token=token).status == 200
    api.clock.forward(days=121)
    assert api.get("/v1/me", role=None, token=token).status == 401


def test_a_token_ends_whatever_is_done_with_it(api: Api) -> None:
    given = redeem(api, invite(api)["code"]).json
    for _ in range(4):
        api.clock.forward(days=99)
        assert api.get("/v1/me", role=None, token=given["token"]).status == 200
    api.clock.forward(days=4)
    assert api.get("/v1/me", role=None, token=given["token"]).status == 401


def test_phones_are_listed_with_what_they_may_do(api: Api) -> None:
    given = redeem(api, invite(api)["code"]).json
    (phone,) = api.get("/v1/devices").json["items"]
    assert (phone["id"], phone["state"], phone["last_used_day"]) == (given["holder_id"], "new", None)
    api.get("/v1/me", role=None, token=given["token"])
    (phone,) = api.get("/v1/devices").json["items"]
    assert (phone["state"], phone["last_used_day"]) == ("paired", "2026-11-28")
    api.post("/v1/revocations", {"device_id": phone["id"], "reason": "left"})
    (phone,) = api.get("/v1/devices").json["items"]
    assert (phone["state"], phone["active"]) == ("leaving", False)
    assert api.get(f"/v1/devices?van_id={api.other_van}").json["items"] == []


@pytest.mark.parametrize("redeemed_before", [False, True])
@pytest.mark.parametrize("change", [{"role": "coordinator"}, {"active": False}])
def test_an_invitation_into_a_role_ends_with_that_role(
    api: Api, change: dict[str, Any], redeemed_before: bool
) -> None:
    person = api.post("/v1/people", {"name": "佐藤", "role": "safeguarding"}, role="admin").json["id"]
    code, key = invite(api, "admin", person_id=person)["code"], new_id()
    if redeemed_before:
        assert redeem(api, code, key).status == 201
    assert api.patch(f"/v1/people/{person}", change, version=1, role="admin").status == 200
    assert redeem(api, code, key).code == "code_not_valid"


def test_who_is_no_administrator_any_more_is_not_shown_new_codes_for_people(api: Api) -> None:
    me = api.post("/v1/people", {"name": "元管理者", "role": "admin"}, role="admin").json["id"]
    person = api.post("/v1/people", {"name": "佐藤", "role": "safeguarding"}, role="admin").json["id"]
    key = new_id()

    def come_in() -> str:
        return str(redeem(api, invite(api, "admin", person_id=me)["code"]).json["token"])

    def invite_them() -> Answer:
        return api.post("/v1/pairings", {"person_id": person}, role=None, token=token, key=key)

    token = come_in()
    assert invite_them().json["code"]
    assert api.patch(f"/v1/people/{me}", {"role": "coordinator"}, version=1, role="admin").status == 200
    token = come_in()
    assert invite_them().json["code"] is None


def end_by_prefix(api: Api, token: str) -> None:
    """As `outreach revoke` does it."""
    with api.database.write() as session:
        assert revoke_token(session, api.keyring, prefix=token.split("_")[1], now=api.clock()) is not None


def test_a_token_that_is_revoked_by_itself_leaves_none_that_came_of_it(api: Api) -> None:
    first = redeem(api, invite(api)["code"]).json["token"]
    second = api.post("/v1/tokens/rotate", role=None, token=first).json["token"]
    end_by_prefix(api, first)
    assert [api.get("/v1/me", role=None, token=token).status for token in (first, second)] == [401, 401]


def test_a_token_that_is_revoked_by_itself_ends_the_one_that_it_was_to_replace(api: Api) -> None:
    first = redeem(api, invite(api)["code"]).json["token"]
    second = api.post("/v1/tokens/rotate", role=None, token=first).json["token"]
    end_by_prefix(api, second)
    assert [api.get("/v1/me", role=None, token=token).status for token in (first, second)] == [401, 401]


def test_a_token_that_is_revoked_by_itself_is_not_given_again_for_its_code(api: Api) -> None:
    code, key = invite(api)["code"], new_id()
    end_by_prefix(api, redeem(api, code, key).json["token"])
    assert redeem(api, code, key).code == "code_not_valid"


def test_a_token_that_is_revoked_by_itself_leaves_no_invitation_that_was_made_with_it(api: Api) -> None:
    thief = api.token("coordinator", another=True)
    made = api.post("/v1/pairings", {"van_id": str(api.van)}, role=None, token=thief).json
    end_by_prefix(api, thief)
    assert redeem(api, made["code"]).code == "code_not_valid"


def test_a_restored_database_does_not_bring_back_what_a_phone_lost_before_it_was_paired_again(
    api: Api,
) -> None:
    lost = redeem(api, invite(api)["code"]).json
    new = redeem(api, invite(api, device_id=lost["holder_id"])["code"]).json
    prefix = lost["token"].split("_")[1]
    with api.database.write() as session:  # as it was in a backup from before
        session.execute(sa.update(Token).where(Token.prefix == prefix).values(revoked_at=None))
    with api.database.write() as session:
        assert end_again(session, api.keyring.witness, api.clock()) == 1
    assert api.get("/v1/me", role=None, token=lost["token"]).status == 401
    assert api.get("/v1/me", role=None, token=new["token"]).status == 200
