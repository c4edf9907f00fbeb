"""A newer app than the server, or an older one, strands nothing: what it recorded is taken, now or after the upgrade."""

from __future__ import annotations

import copy
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from outreach_api.app import KINDS
from outreach_api.kernel.ids import new_id
from outreach_api.kernel.log_lines import Lines
from outreach_api.ledger.kinds import Actor, Kind, Operation, Registry
from outreach_api.ledger.perform import read
from outreach_api.stops.operations import ADD_STOP, REQUEST_STOP
from outreach_api.storage.ledger import Receipt
from outreach_api.storage.stops import Stop
from outreach_api.web import openapi
from schemas.vocabulary import Role
from tests.api import Answer, Api
from tests.http.test_stops import STOP
from tests.test_write_path import endings, operation, push

Serve = Callable[..., None]


def with_numbers(payload: Any) -> Any:
    """A careless one: it changes what it was given."""
    lat, lon = payload.pop("where").split(",")
    return {**payload, "lat": float(lat), "lon": float(lon)}


def with_position(payload: Any) -> Any:
    rest = {name: value for name, value in payload.items() if name not in ("lat", "lon")}
    return {**rest, "position": {"lat": payload["lat"], "lon": payload["lon"]}}


# A place told in three ways; the third is today's.
THREE = replace(REQUEST_STOP, v=3, upcasters={1: with_numbers, 2: with_position})
FIRST = {"name": "たけのこ公園", "kind": "park", "where": "35.8256,139.9614"}
SECOND = {"name": "たけのこ公園", "kind": "park", "lat": 35.8256, "lon": 139.9614}
THIRD = {"name": "たけのこ公園", "kind": "park", "position": {"lat": 35.8256, "lon": 139.9614}}


@pytest.fixture
def serve(api: Api) -> Iterator[Serve]:
    """Makes the server one of another day: kinds as they are then, or (by name) not known to it."""
    here = api.app.extensions["outreach"]

    def of_that_day(*changed: Kind, without: str = "") -> None:
        other = {kind.name: kind for kind in changed}
        kinds = [other.get(kind.name, kind) for kind in KINDS if kind.name != without]
        api.app.extensions["outreach"] = replace(here, kinds=Registry(kinds))

    yield of_that_day
    api.app.extensions["outreach"] = here


def asked_for(payload: Any, v: int, **envelope: Any) -> dict[str, Any]:
    return operation("stop.request", copy.deepcopy(payload), v=v, **envelope)


def places(api: Api) -> list[tuple[Any, ...]]:
    with api.database.read() as session:
        found = session.execute(sa.select(Stop.name, Stop.lat_micro, Stop.lon_micro))
        return [tuple(row) for row in found]


def receipts(api: Api) -> int:
    with api.database.read() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(Receipt)) or 0


def test_what_every_version_says_becomes_the_same(api: Api, serve: Serve) -> None:
    serve(THREE)
    sent = [asked_for(payload, v) for v, payload in enumerate((FIRST, SECOND, THIRD), start=1)]
    assert endings(push(api, *sent, role="crew")) == [("applied", None)] * 3
    assert places(api) == [("たけのこ公園", 35_825_600, 139_961_400)] * 3
    # And so does a resend, whatever an upcaster did to what it was given.
    assert endings(push(api, *sent, role="crew")) == [("duplicate", None)] * 3


@pytest.mark.parametrize(
    "rubbish",
    [
        {},
        {"where": None},
        {"where": 7},
        {"where": ["35.8", "139.9"]},
        {"where": {"lat": 35.8}},
        {"where": "here"},
        {"where": "1,2,3"},
        {"where": "9" * 400 + ",1"},
        {"where": "nan,inf"},
    ],
)
def test_what_no_upcaster_can_read_is_refused_and_nothing_else(api: Api, serve: Serve, rubbish: Any) -> None:
    serve(THREE)
    bad = asked_for({"name": "公園", "kind": "park", **rubbish}, 1)
    answer = push(api, asked_for(FIRST, 1), bad, asked_for(SECOND, 2), role="crew")
    assert endings(answer) == [("applied", None), ("rejected", "invalid"), ("applied", None)]
    assert answer.json["results"][1]["errors"] != []
    assert len(places(api)) == 2


def test_what_was_refused_for_a_fault_of_ours_is_taken_once_that_is_mended(
    api: Api, serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    """The payload was good, and the upcaster was not."""
    sent = asked_for(FIRST, 1)
    serve(
        replace(THREE, upcasters={1: lambda payload: {"name": payload[payload["where"]]}, 2: with_position})
    )
    with caplog.at_level(logging.WARNING):
        assert endings(push(api, sent, role="crew")) == [("rejected", "invalid")]
    line = next(Lines().format(record) for record in caplog.records if record.msg == "not_upcast")
    assert '"kind": "stop.request"' in line
    assert '"version": 1' in line
    assert FIRST["where"] not in line, "what people recorded does not belong into a log"
    serve(THREE)
    assert endings(push(api, sent, role="crew")) == [("applied", None)]


def test_what_todays_contract_refuses_of_an_old_payload_is_named(api: Api, serve: Serve) -> None:
    serve(THREE)
    answer = push(api, asked_for({**FIRST, "name": ""}, 1), role="crew")
    (line,) = answer.json["results"]
    assert (line["result"], line["code"]) == ("rejected", "invalid")
    assert [(fault["path"], fault["code"]) for fault in line["errors"]] == [("/name", "too_short")]


def test_what_was_sent_stays_as_it_was_sent() -> None:
    """The list of what was refused keeps it, and the hash that knows a resend was made of it."""
    payload = copy.deepcopy(FIRST)
    asked = Operation(new_id(), "stop.request", 1, new_id(), payload)
    (ready,) = read([asked], actor=Actor(new_id(), Role.CREW), kinds=Registry([THREE]), hash_key=b"test")
    assert ready.values["position"] == THIRD["position"]  # type: ignore[index]
    assert payload == FIRST


def test_a_newer_version_waits_and_is_taken_after_the_upgrade(api: Api, serve: Serve) -> None:
    serve(THREE)
    newer = asked_for({"place": THIRD}, 4)
    for _ in range(2):
        answer = push(api, newer, role="crew")
        assert endings(answer) == [("retry", "upgrade_needed")]
        assert answer.json["results"][0]["retry_after_seconds"] > 0
    assert (places(api), receipts(api)) == ([], 0)
    four = replace(
        THREE, v=5, upcasters={**THREE.upcasters, 3: lambda p: {"place": p}, 4: lambda p: p["place"]}
    )
    serve(four)
    assert endings(push(api, newer, role="crew")) == [("applied", None)]
    assert endings(push(api, newer, role="crew")) == [("duplicate", None)]
    assert len(places(api)) == 1


def test_a_kind_unheard_of_waits_and_is_taken_after_the_upgrade(api: Api, serve: Serve) -> None:
    serve(without="stop.request")
    newer = asked_for(THIRD, 1)
    known = operation("stop.add", STOP)
    assert endings(push(api, newer, known)) == [("retry", "upgrade_needed"), ("applied", None)]
    serve()
    assert endings(push(api, newer, known)) == [("applied", None), ("duplicate", None)]
    assert len(places(api)) == 2


def test_who_may_send_a_newer_version_is_for_that_version_to_say(api: Api, serve: Serve) -> None:
    """Today the crew may not add stops; the app of tomorrow lets them, and meets a server of today."""
    today, tomorrow = operation("stop.add", {**STOP, "code": "T"}), operation("stop.add", STOP, v=2)
    answer = push(api, today, tomorrow, role="crew")
    assert endings(answer) == [("rejected", "forbidden"), ("retry", "upgrade_needed")]
    serve(replace(ADD_STOP, v=2, upcasters={1: dict}, roles=ADD_STOP.roles | {Role.CREW}))
    assert endings(push(api, tomorrow, role="crew")) == [("applied", None)]


def test_what_a_newer_version_lets_come_by_push_waits_too(api: Api) -> None:
    today, tomorrow = (operation("person.add", {"name": "スタッフA", "role": "crew"}, v=v) for v in (1, 2))
    answer = push(api, today, tomorrow, role="admin")
    assert endings(answer) == [("rejected", "not_by_push"), ("retry", "upgrade_needed")]


def test_a_resend_after_the_upgrade_is_the_same_operation(api: Api, serve: Serve) -> None:
    """Its answer was lost, the server was upgraded meanwhile, and the phone still says it in the old way."""
    sent = asked_for(THIRD, 1)
    first = push(api, sent, role="crew").json["results"][0]
    serve(replace(REQUEST_STOP, v=2, upcasters={1: lambda payload: {**payload, "address": "松戸市"}}))
    again = push(api, sent, role="crew").json["results"][0]
    assert (first["result"], again["result"], again["original"]) == ("applied", "duplicate", "applied")
    assert (again["entity_id"], again["change_no"]) == (first["entity_id"], first["change_no"])
    assert len(places(api)) == 1


def test_an_app_that_was_upgraded_sends_what_it_kept_as_it_kept_it(api: Api, serve: Serve) -> None:
    """Translated into the new version under its old id, it is another content: refused, and nothing counts twice."""
    serve(THREE)
    kept = asked_for(FIRST, 1)
    translated = {**kept, "v": 3, "payload": THIRD}
    assert endings(push(api, kept, translated, role="crew")) == [("applied", None), ("rejected", "id_reused")]
    assert endings(push(api, translated, kept, role="crew")) == [
        ("rejected", "id_reused"),
        ("duplicate", None),
    ]
    assert len(places(api)) == 1


def test_a_version_without_a_way_from_it_is_no_kind() -> None:
    with pytest.raises(ValueError, match=r"stop\.request: no upcaster from \[2\]"):
        Registry([replace(THREE, upcasters={1: with_numbers})])


def told(api: Api, payload: Any, v: int | None, **kwargs: Any) -> Answer:
    """The same change online; the header says the version, as `v` does in a push."""
    headers = {} if v is None else {"Payload-Version": str(v)}
    return api.post("/v1/stop-requests", copy.deepcopy(payload), role="crew", headers=headers, **kwargs)


def test_online_too_every_version_is_taken(api: Api, serve: Serve) -> None:
    serve(THREE)
    answers = [told(api, FIRST, None), told(api, FIRST, 1), told(api, SECOND, 2), told(api, THIRD, 3)]
    assert [answer.status for answer in answers] == [201] * 4
    assert places(api) == [("たけのこ公園", 35_825_600, 139_961_400)] * 4
    assert (told(api, THIRD, 1).status, told(api, FIRST, 3).status) == (422, 422)
    newer = told(api, THIRD, 4)
    assert (newer.status, newer.code) == (503, "upgrade_needed")


def test_what_an_old_app_tried_online_may_come_again_by_push(api: Api, serve: Serve) -> None:
    serve(THREE)
    for payload, v in ((FIRST, None), (SECOND, 2), ({**FIRST, "name": ""}, 1)):
        key = new_id()
        online = told(api, payload, v, key=key)
        pushed = push(api, asked_for(payload, v or 1, op_id=key), role="crew").json["results"][0]
        original = "applied" if online.status == 201 else "rejected"
        assert (pushed["result"], pushed["original"]) == ("duplicate", original)


@pytest.mark.parametrize("version", ["", "0", "-1", "1.0", "1001", "01", "１", "v1", "1, 2"])
def test_a_version_that_is_no_number_is_refused(api: Api, version: str) -> None:
    answer = api.post(
        "/v1/stop-requests",
        THIRD,
        role="crew",
        headers={"Payload-Version": version.encode().decode("latin-1")},
    )
    assert (answer.status, answer.code) == (400, "payload_version_malformed")


def test_the_description_tells_which_version_it_describes() -> None:
    first = openapi.change_headers(REQUEST_STOP)
    third = openapi.change_headers(THREE)
    assert {header["name"] for header in third} - {header["name"] for header in first} == {"Payload-Version"}
    (version,) = (header for header in third if header["name"] == "Payload-Version")
    assert (version["required"], version["example"]) == (True, 3)
    assert openapi.access(THREE.roles, THREE)["x-kind-version"] == 3
