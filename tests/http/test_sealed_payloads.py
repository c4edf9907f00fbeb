"""What a phone sealed to the server's key it can't read again; the server opens it and nobody moves it."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from outreach_api.kernel.ids import new_id
from tests.api import Api
from tests.http.test_rejections import content_of, letters, visit_of
from tests.http.test_sync import operation, push, results

SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


def from_base64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def sealed(api: Api, sent: dict[str, Any], payload: Any | None = None) -> dict[str, Any]:
    """As a phone does it with what it pulled."""
    key = api.get("/v1/sync/pull", role="crew").json["rules"]["seal"]
    info = key["info"].encode() + bytes.fromhex(sent["op_id"].replace("-", ""))
    info += bytes.fromhex(sent["entity_id"].replace("-", "")) + sent["kind"].encode()
    public = X25519PublicKey.from_public_bytes(from_base64(key["public_key"]))
    text = json.dumps(sent["payload"] if payload is None else payload, ensure_ascii=False).encode()
    raw = bytes.fromhex(key["key_id"]) + SUITE.encrypt(text, public, info)
    shut = {name: value for name, value in sent.items() if name != "payload"}
    return shut | {"sealed": base64.urlsafe_b64encode(raw).rstrip(b"=").decode()}


def note(api: Api, **fields: Any) -> dict[str, Any]:
    return operation("note.write", {"visit_id": visit_of(api), "depth": "chat", "text": "夜泣き", **fields})


def test_a_sealed_note_is_written_like_an_open_one(api: Api) -> None:
    sent = note(api)
    shut = sealed(api, sent)
    assert "夜泣き" not in json.dumps(shut, ensure_ascii=False)
    assert results(push(api, shut)) == [("applied", None)]
    text = api.get(f"/v1/contact-notes/{sent['entity_id']}/text?purpose=referral", role="safeguarding")
    assert text.json["text"] == "夜泣き"


def test_sealed_again_or_left_open_it_is_the_same_operation(api: Api) -> None:
    sent = note(api)
    push(api, sealed(api, sent))
    assert results(push(api, sealed(api, sent))) == [("duplicate", None)]
    assert results(push(api, sent)) == [("duplicate", None)]


def test_what_was_sealed_for_one_operation_opens_for_no_other(api: Api) -> None:
    shut = sealed(api, note(api))
    elsewhere = {"op_id": str(new_id())}, {"entity_id": str(new_id())}, {"kind": "referral.open"}
    for place in elsewhere:
        moved = {**shut, **place}
        assert results(push(api, moved)) == [("rejected", "sealed_unreadable")]
    assert results(push(api, shut)) == [("applied", None)]


@pytest.mark.parametrize("payload", [[], "text", 7, None])
def test_a_sealed_payload_that_is_no_object_is_unreadable(api: Api, payload: Any) -> None:
    sent = {**note(api), "payload": payload}
    assert results(push(api, sealed(api, sent))) == [("rejected", "sealed_unreadable")]


def test_for_another_key_it_waits_until_that_is_back(api: Api) -> None:
    shut = sealed(api, note(api))
    raw = from_base64(shut["sealed"])
    other = base64.urlsafe_b64encode(b"\0\0\0\0" + raw[4:]).rstrip(b"=").decode()
    answer = push(api, {**shut, "sealed": other}).json["results"][0]
    assert (answer["result"], answer["code"]) == ("retry", "sealed_for_another_key")
    # Nobody can tell what is in it, so it is treated as the worst that it may be.
    assert letters(api) == []
    assert [letter["urgent"] for letter in letters(api, role="safeguarding")] == [True]
    assert results(push(api, shut)) == [("applied", None)]
    assert letters(api, role="safeguarding") == []


@pytest.mark.parametrize("text", ["AAAA", "A", "AAAAAAAA" * 20, "-_-_"])
def test_rubbish_in_an_envelope_disturbs_nobody(api: Api, text: str) -> None:
    shut = {**sealed(api, note(api)), "sealed": text}
    visit = visit_of(api)
    tap = operation("head_count.add", {"visit_id": visit, "counts": {"adult": 1}})
    answer = push(api, shut, tap)
    assert answer.json["results"][0]["result"] in ("rejected", "retry")
    assert answer.json["results"][1]["result"] == "applied"


def test_a_refused_one_is_kept_opened_so_that_safeguarding_can_read_it(api: Api) -> None:
    sent = note(api, mood="sad")
    assert results(push(api, sealed(api, sent))) == [("rejected", "invalid")]
    (letter,) = letters(api)
    assert content_of(api, letter)["payload"] == sent["payload"]


def test_both_or_neither_of_payload_and_sealed_is_malformed(api: Api) -> None:
    sent = note(api)
    shut = sealed(api, sent)
    neither = {name: value for name, value in shut.items() if name != "sealed"}
    assert (
        results(push(api, {**shut, "payload": sent["payload"]}, neither)) == [("rejected", "malformed")] * 2
    )
