"""Bodies and answers packed as gzip, within their limits."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import Any

import pytest

from tests.api import Api
from tests.http.test_rejections import visit_of
from tests.http.test_sync import operation

PACKED = {"Content-Encoding": "gzip", "Content-Type": "application/json"}


def body_of(api: Api, taps: int = 1) -> bytes:
    visit = visit_of(api)
    operations = [
        operation("head_count.add", {"visit_id": visit, "counts": {"adult": 1}}) for _ in range(taps)
    ]
    return json.dumps({"sent_at": "2026-11-28T03:00:00Z", "operations": operations}).encode()


def send(api: Api, raw: bytes, **headers: str) -> Any:
    return api.send("POST", "/v1/sync/push", role="crew", raw=raw, headers=PACKED | headers)


def test_a_packed_push_is_performed(api: Api) -> None:
    answer = send(api, gzip.compress(body_of(api, 100)))
    assert {line["result"] for line in answer.json["results"]} == {"applied"}


def test_a_body_in_several_members_is_one_body(api: Api) -> None:
    body = body_of(api)
    assert send(api, gzip.compress(body[:50]) + gzip.compress(body[50:])).status == 200


@pytest.mark.parametrize("cut", [0, 1, 10, -9, -1])
def test_a_body_that_the_network_cut_off_is_said_to_be_so(api: Api, cut: int) -> None:
    packed = gzip.compress(body_of(api))
    answer = send(api, packed[:cut])
    assert (answer.status, answer.code) == (400, "not_gzip")


@pytest.mark.parametrize("tail", [b"rest", b"\x1f\x8b\x08\x00rubbish", b"\0"])
def test_what_follows_a_packed_body_is_not_overlooked(api: Api, tail: bytes) -> None:
    assert send(api, gzip.compress(body_of(api)) + tail).code == "not_gzip"


def test_a_bomb_is_stopped_at_the_limit(api: Api) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = packer.compress(bytes(200_000_000)) + packer.flush()
    assert len(bomb) < 2_000_000
    assert (send(api, bomb).status, send(api, bomb).code) == (413, "too_big")


@pytest.mark.parametrize("headers", [PACKED, {"Content-Type": "application/json"}])
def test_who_has_no_token_sends_no_more_than_a_code_needs(api: Api, headers: dict[str, str]) -> None:
    def redeem(code: str) -> Any:
        raw = json.dumps({"code": code}).encode()
        packed = gzip.compress(raw) if "Content-Encoding" in headers else raw
        return api.send("POST", "/v1/pairings/redeem", raw=packed, headers=headers)

    assert redeem("0" * 10).code == "code_not_valid"
    assert redeem("0" * 5_000).status == 413


def test_many_small_members_are_a_bomb_too(api: Api) -> None:
    assert send(api, gzip.compress(bytes(1_000_000), 9) * 20).code == "too_big"


def test_exactly_the_limit_is_taken_and_one_byte_more_is_not(api: Api) -> None:
    most = api.app.extensions["outreach"].settings.max_unpacked_bytes
    body = body_of(api)
    assert send(api, gzip.compress(body + b" " * (most - len(body)))).status == 200
    assert send(api, gzip.compress(body + b" " * (most - len(body) + 1))).status == 413


def test_other_codings_are_refused_with_the_one_that_is_taken(api: Api) -> None:
    answer = send(api, b"x", **{"Content-Encoding": "br"})
    assert (answer.status, answer.code, answer.headers["Accept-Encoding"]) == (415, "coding_unknown", "gzip")


def test_answers_are_packed_for_whoever_asks(api: Api) -> None:
    client = api.app.test_client()
    sent = {
        "Authorization": f"Bearer {api.token('crew')}",
        "Content-Type": "application/json",
        "Accept-Encoding": "gzip",
    }
    body = body_of(api, 50)
    packed = client.post("/v1/sync/push", data=body, headers=sent)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    plain = client.post("/v1/sync/push", data=body, headers=sent | {"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in plain.headers
    unpacked = json.loads(gzip.decompress(packed.data))
    assert {line["result"] for line in unpacked["results"]} == {"applied"}
    assert len(packed.data) * 4 < len(plain.data)


def test_every_answer_tells_the_servers_time(api: Api) -> None:
    for answer in (api.get("/livez"), api.get("/v1/me"), api.get("/v1/sync/pull?cursor=x", role="crew")):
        assert answer.headers["X-Server-Time"] == "2026-11-28T03:00:00Z"
