"""One call ends a phone, a person or a van's phones, and nothing that they send afterwards is committed."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from outreach_api.kernel.ids import new_id
from outreach_api.ledger.kinds import Actor
from outreach_api.storage.access import ERASED_NAME, Person, Token
from outreach_api.storage.ended import end_again
from outreach_api.storage.ledger import AuditEntry, Receipt
from tests.api import Api
from tests.http.test_rejections import visit_of
from tests.http.test_sync import operation, push


def holder(api: Api, token: str) -> str:
    return str(api.get("/v1/me", role=None, token=token).json["holder_id"])


def revoke(api: Api, reason: str = "stolen", role: str = "coordinator", **who: Any) -> Any:
    return api.post(
        "/v1/revocations", {"reason": reason, **{name: str(value) for name, value in who.items()}}, role=role
    )


def works(api: Api, token: str) -> bool:
    return api.get("/v1/me", role=None, token=token).status == 200


def test_a_stolen_phone_is_out_and_the_others_are_not(api: Api) -> None:
    stolen, other = (api.token("crew", another=True) for _ in range(2))
    answer = revoke(api, device_id=holder(api, stolen))
    assert (answer.status, answer.json["tokens_ended"], answer.json["takes_until"]) == (201, 1, None)
    assert (works(api, stolen), works(api, other)) == (False, True)


def test_all_phones_of_a_van_end_with_one_call(api: Api) -> None:
    mine = [api.token("crew", another=True) for _ in range(3)]
    others = api.token("crew", api.other_van, another=True)
    assert revoke(api, van_id=api.van).json["tokens_ended"] == 3
    assert [works(api, token) for token in (*mine, others)] == [False, False, False, True]


def test_an_invitation_that_waits_ends_with_its_van(api: Api) -> None:
    shown = api.post("/v1/pairings", {"van_id": str(api.van)}).json
    revoke(api, van_id=api.van)
    redeemed = api.post("/v1/pairings/redeem", {"code": shown["code"]}, role=None)
    assert redeemed.code == "code_not_valid"
    assert api.get(f"/v1/pairings/{shown['id']}").json["state"] == "ended"


def test_a_rotated_token_that_nobody_used_yet_ends_too(api: Api) -> None:
    token = api.token("crew", another=True)
    me = holder(api, token)
    coming = api.post("/v1/tokens/rotate", role=None, token=token).json["token"]
    assert revoke(api, device_id=me).json["tokens_ended"] == 2
    assert (works(api, token), works(api, coming)) == (False, False)


@pytest.mark.parametrize("reason", ["stolen", "left"])
def test_whom_somebody_invited_does_not_come_in_once_they_have_ended(api: Api, reason: str) -> None:
    token = api.token("coordinator", another=True)
    invited = api.post("/v1/pairings", {"van_id": str(api.van)}, role=None, token=token).json
    beside = api.post("/v1/pairings", {"van_id": str(api.van)}).json
    revoke(api, reason, role="admin", person_id=holder(api, token))
    came = [
        api.post("/v1/pairings/redeem", {"code": shown["link"].partition("#")[2]}, role=None).status
        for shown in (invited, beside)
    ]
    assert came == [422, 201]


def test_a_person_whose_token_was_stolen_stays_on_the_team(api: Api) -> None:
    token = api.token("safeguarding", another=True)
    me = holder(api, token)
    assert revoke(api, role="admin", person_id=me).status == 201
    assert not works(api, token)
    assert api.get(f"/v1/people/{me}").json["active"] is True


def test_who_leaves_loses_the_name_and_the_audit_keeps_the_id(api: Api) -> None:
    token = api.token("coordinator", another=True)
    me = holder(api, token)
    assert revoke(api, "left", role="admin", person_id=me).status == 201
    person = api.get(f"/v1/people/{me}").json
    assert (person["name"], person["kana"], person["active"]) == (ERASED_NAME, None, False)
    with api.database.read() as session:
        assert session.get_one(Token, token.split("_")[1]).label == ERASED_NAME
        row = session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "revoke")).one()
    assert (str(row.entity_id), row.purpose) == (me, "left")


@pytest.mark.parametrize("role", ["crew", "reporter"])
def test_not_everybody_ends_others(api: Api, role: str) -> None:
    assert revoke(api, role=role, van_id=api.van).code == "forbidden"


@pytest.mark.parametrize("role", ["coordinator", "safeguarding"])
def test_people_are_ended_by_administrators(api: Api, role: str) -> None:
    victim = api.token("admin", another=True)
    assert revoke(api, role=role, person_id=holder(api, victim)).code == "forbidden"
    assert works(api, victim)


@pytest.mark.parametrize("name", ["device_id", "person_id", "van_id"])
def test_what_is_not_there_cannot_be_ended(api: Api, name: str) -> None:
    answer = revoke(api, role="admin", **{name: new_id()})
    assert answer.faults == {f"/{name}": "unknown_reference"}


@contextmanager
def meanwhile(api: Api, act: Any) -> Iterator[None]:
    """Something happens between the moment in which a request's token is found and its transaction."""
    here = api.app.extensions["outreach"]
    done: list[bool] = []

    def find(*args: Any) -> Actor | None:
        found: Actor | None = here.find_actor(*args)
        if not done and found is not None:
            done.append(True)
            api.app.extensions["outreach"] = here
            act()
        return found

    api.app.extensions["outreach"] = replace(here, find_actor=find)
    try:
        yield
    finally:
        api.app.extensions["outreach"] = here
    assert done


def test_a_push_that_was_on_its_way_commits_nothing_after_a_revocation(api: Api) -> None:
    visit, token = visit_of(api), api.token("crew", another=True)
    me, tap = holder(api, token), operation("head_count.add", {"visit_id": visit, "counts": {"adult": 1}})
    with meanwhile(api, lambda: revoke(api, device_id=me)):
        answer = push(api, tap, token=token)
    assert (answer.status, answer.code) == (401, "unauthorized")
    with api.database.read() as session:
        assert session.get(Receipt, uuid.UUID(tap["op_id"])) is None


def test_one_change_online_that_was_on_its_way_commits_nothing(api: Api) -> None:
    token = api.token("admin", another=True)
    me = holder(api, token)
    with meanwhile(api, lambda: revoke(api, role="admin", person_id=me)):
        answer = api.post("/v1/people", {"name": "あとから", "role": "crew"}, role=None, token=token)
    assert answer.status == 401
    with api.database.read() as session:
        assert session.scalars(sa.select(Person).where(Person.name == "あとから")).all() == []


def test_no_text_is_shown_to_whose_token_ended_on_the_way(api: Api) -> None:
    sent = operation("note.write", {"visit_id": visit_of(api), "depth": "chat", "text": "よく笑う。"})
    push(api, sent)
    token = api.token("safeguarding", another=True)
    me = holder(api, token)
    with meanwhile(api, lambda: revoke(api, role="admin", person_id=me)):
        answer = api.get(
            f"/v1/contact-notes/{sent['entity_id']}/text?purpose=safeguarding", role=None, token=token
        )
    assert answer.status == 401


def test_whatever_races_nothing_comes_in_after_the_answer(api: Api) -> None:
    visit, token = visit_of(api), api.token("crew", another=True)
    me = holder(api, token)
    stop = threading.Event()

    def send() -> None:
        client = Api.__new__(Api)
        client.__dict__.update(api.__dict__, _client=api.app.test_client())
        while not stop.is_set():
            tap = operation("head_count.add", {"visit_id": visit, "counts": {"adult": 1}})
            if push(client, tap, token=token).status == 401:
                return

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    while receipts(api, me) < 3:
        pass
    assert revoke(api, device_id=me).status == 201
    at_once = receipts(api, me)
    stop.set()
    for thread in threads:
        thread.join()
    assert receipts(api, me) == at_once


def receipts(api: Api, holder_id: str) -> int:
    with api.database.read() as session:
        counted = sa.select(sa.func.count()).select_from(Receipt)
        return session.scalar(counted.where(Receipt.holder_id == uuid.UUID(holder_id))) or 0


def test_a_restored_database_does_not_bring_tokens_and_names_back(api: Api) -> None:
    stolen, left = api.token("crew", another=True), api.token("coordinator", another=True)
    who_left = holder(api, left)
    revoke(api, device_id=holder(api, stolen))
    revoke(api, "left", role="admin", person_id=who_left)
    with api.database.write() as session:  # as it was in a backup from before
        session.execute(sa.update(Token).values(revoked_at=None, takes_until=None, label="名前"))
        session.execute(
            sa.update(Person).where(Person.id == uuid.UUID(who_left)).values(name="名前", active=True)
        )
    assert not works(api, stolen), "its phone is switched off"
    assert works(api, left)
    with api.database.write() as session:
        assert end_again(session, api.keyring.witness, api.clock()) == 2
    assert (works(api, stolen), works(api, left)) == (False, False)
    assert api.get(f"/v1/people/{who_left}").json["name"] == ERASED_NAME
    with api.database.write() as session:
        assert end_again(session, api.keyring.witness, api.clock()) == 0


def test_who_comes_back_keeps_the_name_that_they_give_then(api: Api) -> None:
    me = api.post("/v1/people", {"name": "前の名前", "role": "coordinator"}, role="admin").json["id"]
    api.patch(f"/v1/people/{me}", {"active": False}, version=1, role="admin")
    api.patch(f"/v1/people/{me}", {"active": True, "name": "今の名前"}, version=2, role="admin")
    with api.database.write() as session:
        end_again(session, api.keyring.witness, api.clock())
    assert api.get(f"/v1/people/{me}").json["name"] == "今の名前"
