"""The page /map is let in by a link, once, for some hours; its token reads the map and nothing else."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from outreach_api.access.rules.tokens import prefix_of
from outreach_api.access.writes.tokens import revoke_token
from outreach_api.kernel.ids import new_id
from tests.api import Answer, Api
from tests.described import operations

LINKS = "/v1/map-links"
ROLES = ("crew", "coordinator", "safeguarding", "reporter", "admin")


def make_link(api: Api, **who: Any) -> str:
    answer = api.post(LINKS, {}, **who)
    assert answer.status == 201, answer
    page, _, secret = answer.json["link"].partition("#")
    assert page.endswith("/map")
    return str(secret)


def redeem(api: Api, secret: str, key: uuid.UUID | None = None) -> Answer:
    return api.post(f"{LINKS}/redeem", {"code": secret}, role=None, key=key or new_id())


def page_token(api: Api, **who: Any) -> str:
    return str(redeem(api, make_link(api, **who)).json["token"])


@pytest.mark.parametrize("role", ROLES)
def test_the_page_comes_in_as_who_asked_for_the_link(api: Api, role: str) -> None:
    asked = api.get("/v1/me", role=role).json
    me = api.get("/v1/me", role=None, token=page_token(api, role=role)).json
    for name in ("holder_id", "holder", "label", "role", "van_id"):
        assert me[name] == asked[name]
    assert me["expires_at"] < asked["expires_at"]


def test_a_link_opens_the_map_once(api: Api) -> None:
    secret = make_link(api)
    assert redeem(api, secret).status == 201
    assert redeem(api, secret).code == "code_not_valid"


def test_a_link_ends_after_ten_minutes(api: Api) -> None:
    secret = make_link(api)
    api.clock.forward(minutes=10)
    assert redeem(api, secret).code == "code_not_valid"


def test_a_link_is_no_code_for_phones_and_a_phones_code_is_no_link(api: Api) -> None:
    secret = make_link(api)
    assert api.post("/v1/pairings/redeem", {"code": secret}, role=None).code == "code_not_valid"
    shown = api.post("/v1/pairings", {"van_id": str(api.van)}).json
    for code in (shown["code"], shown["link"].partition("#")[2]):
        assert redeem(api, code).code == "code_not_valid"
    assert redeem(api, secret).status == 201, "and the one did not harm the other"


def test_a_link_is_not_among_the_pairings(api: Api) -> None:
    link = api.post(LINKS, {}).json
    assert api.get(f"/v1/pairings/{link['id']}").status == 404


def test_an_answer_that_was_lost_is_asked_for_again_with_the_same_key(api: Api) -> None:
    secret, key = make_link(api), new_id()
    lost = redeem(api, secret, key).json["token"]
    again = redeem(api, secret, key).json["token"]
    assert api.get("/v1/me", role=None, token=lost).status == 401
    assert api.get("/v1/me", role=None, token=again).status == 200


def test_the_pages_token_ends_after_some_hours(api: Api) -> None:
    token = page_token(api)
    api.clock.forward(hours=7, minutes=59)
    assert api.get("/v1/me", role=None, token=token).status == 200
    api.clock.forward(minutes=1)
    assert api.get("/v1/me", role=None, token=token).status == 401
    assert page_token(api), "and what has ended is cleared away with the next one"


@pytest.mark.parametrize("role", ROLES)
def test_the_pages_token_opens_the_map_and_nothing_else(api: Api, role: str) -> None:
    token = page_token(api, role=role)
    opened = set()
    for operation in operations(api.app):
        if operation.roles is None or role not in operation.roles:
            continue
        body = None if operation.method == "GET" else operation.example or {}
        answer = api.send(operation.method, operation.path(), body, token=token, version=1)
        name = operation.said["operationId"]
        if name == "signOutOfMap":
            token = page_token(api, role=role)
        if (answer.status, answer.code) != (403, "forbidden"):
            opened.add(name)
            assert name in {"getMe", "signOutOfMap"} or (
                operation.method == "GET" and operation.template.startswith("/v1/map/")
            ), name
    assert {"getMe", "mapReach", "signOutOfMap"} <= opened


def test_the_page_signs_out(api: Api) -> None:
    token = page_token(api)
    assert api.post(f"{LINKS}/sign-out", {}, token=token).status == 200
    assert api.get("/v1/me", role=None, token=token).status == 401
    assert api.get("/v1/me").status == 200, "who asked for the link stays in"


def test_a_phone_or_the_office_does_not_sign_out_by_mistake(api: Api) -> None:
    for role in ROLES:
        assert api.post(f"{LINKS}/sign-out", {}, role=role).code == "not_a_page"
        assert api.get("/v1/me", role=role).status == 200


def test_the_pages_token_ends_with_that_of_who_asked(api: Api) -> None:
    asking = api.token("coordinator", another=True)
    token = page_token(api, token=asking)
    waiting = make_link(api, token=asking)
    with api.database.write() as session:
        revoke_token(session, api.keyring, prefix=prefix_of(asking), now=api.clock())
    assert api.get("/v1/me", role=None, token=token).status == 401
    assert redeem(api, waiting).code == "code_not_valid"


def test_it_ends_when_the_phone_is_stolen(api: Api) -> None:
    token = page_token(api, role="crew")
    device = api.get("/v1/me", role="crew").json["holder_id"]
    assert api.post("/v1/revocations", {"device_id": device, "reason": "stolen"}).status == 201
    assert api.get("/v1/me", role=None, token=token).status == 401


def test_it_ends_when_the_token_that_asked_is_replaced(api: Api) -> None:
    old = api.token("coordinator", another=True)
    page, waiting = page_token(api, token=old), make_link(api, token=old)
    new = api.post("/v1/tokens/rotate", {}, token=old).json["token"]
    assert api.get("/v1/me", role=None, token=page).status == 200
    assert api.get("/v1/me", role=None, token=new).status == 200
    assert api.get("/v1/me", role=None, token=page).status == 401
    assert redeem(api, waiting).code == "code_not_valid"


def test_a_phone_that_looks_at_the_map_stays_what_it_is_in_the_list(api: Api) -> None:
    assert api.get("/v1/me", role="crew").status == 200
    before = api.get("/v1/devices").json
    token = page_token(api, role="crew")
    assert api.get("/v1/map/reach", role=None, token=token).status == 200
    assert api.get("/v1/devices").json == before


def test_who_let_a_page_in_and_out_is_in_the_audit(api: Api) -> None:
    token = page_token(api)
    api.post(f"{LINKS}/sign-out", {}, token=token)
    rows = api.get("/v1/audit", role="admin").json["items"]
    assert [row["action"] for row in rows[-3:]] == ["makeMapLink", "redeem", "signOutOfMap"]
    assert {row["label"] for row in rows[-3:]} == {"coordinatorさん"}
