"""Bearer tokens: which are none, which have ended, and what ends them."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
import sqlalchemy as sa

from outreach_api.access.rules.tokens import make_token
from outreach_api.storage.access import Device, Person, Token
from tests.api import Api
from tests.described import operations
from tests.http.test_roles import ONE_DATABASE, ask

GARBAGE = [
    "x",
    "okk_",
    "okk__",
    "okk_0123456789ab_" + "A" * 43,
    "okk_0123456789ab_" + "A" * 5_000,
    "okk_01234\x00789ab_" + "A" * 43,
    "okk_%27%20OR_" + "1" * 43,
    "OKK_0123456789ab_" + "A" * 43,
    "あ".encode().decode("latin-1"),
]


@ONE_DATABASE
def test_without_a_live_token_nothing_but_the_public_answers(api: Api) -> None:
    few = [None, expired(api), revoked(api)]
    all_of_them = [*few, "", " ", *GARBAGE, of_nobody(api), left(api), lost(api), altered(api)]
    for operation in operations(api.app):
        api.clock.forward(minutes=10)  # so many refused tokens come from no one address
        for token in all_of_them if operation.template == "/v1/me" else few:
            answer = ask(api, operation, token)
            if operation.roles is None:
                assert answer.status not in (401, 403), operation.name
            else:
                assert (answer.status, answer.code) == (401, "unauthorized"), (operation.name, token)
                assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def change_token(api: Api, token: str, table: type, **values: Any) -> str:
    with api.database.write() as session:
        row = session.get_one(Token, token.split("_")[1])
        holder = row.person_id or row.device_id
        where = Token.prefix == row.prefix if table is Token else table.id == holder  # type: ignore[attr-defined]
        session.execute(sa.update(table).where(where).values(**values))
    return token


def expired(api: Api) -> str:
    return change_token(api, api.token("coordinator", another=True), Token, expires_at=api.clock())


def revoked(api: Api) -> str:
    return change_token(api, api.token("coordinator", another=True), Token, revoked_at=api.clock())


def left(api: Api) -> str:
    return change_token(api, api.token("coordinator", another=True), Person, active=False)


def lost(api: Api) -> str:
    return change_token(api, api.token("crew", another=True), Device, active=False)


def of_nobody(api: Api) -> str:
    return make_token().text


def altered(api: Api) -> str:
    token = api.token("coordinator", another=True)
    return token[:-1] + ("A" if token[-1] != "A" else "B")


@pytest.mark.parametrize(
    "form", ["{}", "Basic {}", "Bearer  {}x", "Bearer", "Token {}", "Bearer {} extra", "{} Bearer"]
)
def test_a_token_in_another_form_is_none(api: Api, form: str) -> None:
    header = {"Authorization": form.format(api.token("coordinator"))}
    assert api.get("/v1/me", role=None, headers=header).status == 401


def test_a_token_ends_on_the_minute(api: Api) -> None:
    token = api.token("coordinator")
    for _ in range(4):
        api.clock.forward(days=90)
        assert api.get("/v1/me", token=token).status == 200
    api.clock.forward(days=5, seconds=-1)
    assert api.get("/v1/me", token=token).status == 200
    api.clock.forward(seconds=1)
    assert api.get("/v1/me", token=token).status == 401


def test_who_leaves_or_changes_role_is_out_at_once(api: Api) -> None:
    for change in ({"active": False}, {"role": "reporter"}):
        token = api.token("coordinator", another=True)
        me = api.get("/v1/me", token=token).json["holder_id"]
        assert api.patch(f"/v1/people/{me}", {"kana": "くるくる"}, version=1, role="admin").status == 200
        assert api.get("/v1/me", token=token).status == 200
        assert api.patch(f"/v1/people/{me}", change, version=2, role="admin").status == 200
        assert api.get("/v1/me", token=token).status == 401


def test_a_crew_token_without_its_van_cannot_exist(api: Api) -> None:
    with pytest.raises(sa.exc.IntegrityError):
        change_token(api, api.token("crew", another=True), Token, van_id=None)
    with pytest.raises(sa.exc.IntegrityError):
        change_token(api, api.token("coordinator", another=True), Token, van_id=uuid.UUID(str(api.van)))
