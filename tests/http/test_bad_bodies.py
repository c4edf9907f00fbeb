"""Bodies that break other servers: each is answered with a reason, none with a 5xx, none changes anything."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import pytest

from outreach_api.kernel.ids import new_id
from tests.api import Answer, Api
from tests.described import Operation, changes
from tests.http.test_stops import STOP

DEEP = 100_000

NOT_JSON = {
    "cut off": b'{"code": "K0',
    "not UTF-8": b'{"name": "\xff\xfe"}',
    "Shift_JIS": '{"name": "公園"}'.encode("cp932"),
    "UTF-16": json.dumps(STOP).encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf{}",
    "a raw surrogate": b'{"name": "\xed\xa0\x80"}',
    "half a surrogate pair": rb'{"name": "\ud83d"}',
    "half a pair in a key": rb'{"\udc00": 1}',
    "NaN": b'{"weight": NaN}',
    "Infinity": b'{"weight": Infinity}',
    "-Infinity": b'{"weight": -Infinity}',
    "a number beyond a double": b'{"weight": 1e400}',
    "2^63": b'{"weight": %d}' % 2**63,
    "-2^63 - 1": b'{"weight": %d}' % (-(2**63) - 1),
    "5,000 digits": b'{"weight": ' + b"9" * 5_000 + b"}",
    "a key twice": b'{"weight": 1, "weight": 2}',
    "a key twice, deeper": b'{"position": {"lat": 35, "lat": 36}}',
    "deep lists": b"[" * DEEP + b"]" * DEEP,
    "deep lists, never closed": b"[" * DEEP,
    "deep objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "a little too deep": b"[" * 70 + b"]" * 70,
    "two documents": b"{}{}",
    "a raw control character": b'{"name": "a\nb"}',
    "single quotes": b"{'name': 'x'}",
    "a trailing comma": b'{"weight": 1,}',
    "only spaces": b"   ",
    "only NUL": b"\x00",
}


@pytest.mark.parametrize("raw", NOT_JSON.values(), ids=NOT_JSON)
def test_what_is_not_strict_json_is_refused_whole(api: Api, raw: bytes) -> None:
    answer = api.post("/v1/stops", raw=raw)
    assert (answer.status, answer.code) == (400, "not_json")
    assert nothing_changed(api)


def nothing_changed(api: Api) -> bool:
    return api.get("/v1/stops").json["items"] == []


@pytest.mark.parametrize("raw", [b"[]", b"null", b'"text"', b"1", b"true", b"[{}]"])
def test_a_body_that_is_no_object_is_refused(api: Api, raw: bytes) -> None:
    for operation in changes(api.app):
        if operation.kind is None:
            continue
        answer = api.send(
            operation.method,
            operation.path(),
            raw=raw,
            role=operation.roles and operation.roles[0],
            version=1,
        )
        assert (answer.status, answer.faults.get("")) == (422, "not_object"), operation.name


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("weight", 1.0, "not_whole"),
        ("weight", 1.9, "not_whole"),
        ("weight", "1", "not_whole"),
        ("weight", "７", "not_whole"),
        ("weight", True, "not_whole"),
        ("weight", None, "null"),
        ("weight", [], "not_whole"),
        ("weight", -1, "too_small"),
        ("weight", 2**63 - 1, "too_large"),
        ("power", 1, "not_flag"),
        ("power", "true", "not_flag"),
        ("name", 7, "not_text"),
        ("name", "", "too_short"),
        ("name", " 　", "too_short"),
        ("name", "x" * 121, "too_long"),
        ("name", "a\x00b", "control_character"),
        ("name", "a\nb", "control_character"),
        ("name", "a\x1b[31m", "control_character"),
        ("name", {"ja": "公園"}, "not_text"),
        ("kind", "Park", "not_in_list"),
        ("kind", 3, "not_in_list"),
        ("kind", ["park"], "not_in_list"),
        ("windows", {}, "not_list"),
        ("windows", [{"weekday": 0, "opens": "10:00", "closes": "11:00"}] * 41, "too_many"),
        ("position", [35.8, 139.9], "not_object"),
        ("position", None, "null"),
    ],
)
def test_a_value_of_the_wrong_form_is_named_and_never_bent(
    api: Api, field: str, value: object, code: str
) -> None:
    answer = api.post("/v1/stops", {**STOP, field: value})
    assert (answer.status, answer.faults) == (422, {f"/{field}": code})
    assert nothing_changed(api)


@pytest.mark.parametrize(
    ("lat", "lon", "path", "code"),
    [
        (46.0, 140.0, "/position", "outside_japan"),
        (35.0, 154.0, "/position", "outside_japan"),
        (46.0000001, 140.0, "/position/lat", "too_large"),
        (19.9999999, 140.0, "/position/lat", "too_small"),
        (45.9999999, 140.0, "/position", "outside_japan"),
        ("35", 139, "/position/lat", "not_number"),
        (True, 139, "/position/lat", "not_number"),
        (1e308, 139, "/position/lat", "too_large"),
        (-0.0, 139, "/position/lat", "too_small"),
    ],
)
def test_positions_beyond_the_grid_are_refused(
    api: Api, lat: object, lon: object, path: str, code: str
) -> None:
    answer = api.post("/v1/stops", {**STOP, "position": {"lat": lat, "lon": lon}})
    assert (answer.status, answer.faults) == (422, {path: code})


@pytest.mark.parametrize(("lat", "lon"), [(20, 122), (45.999999, 153.999999), (35, 139)])
def test_positions_on_the_grids_own_edges_are_taken(api: Api, lat: float, lon: float) -> None:
    assert api.post("/v1/stops", {**STOP, "position": {"lat": lat, "lon": lon}}).status == 201


def test_texts_keep_what_people_write(api: Api) -> None:
    name = "𠮷野家 が ガ e\u0301 👩‍👧‍👦 ‮ \"'<b>\\"
    assert api.post("/v1/stops", {**STOP, "name": name}).json["name"] == name


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "",
        "application/xml",
        "json",
        "\xff",
    ],
)
def test_another_media_type_is_415_and_says_what_is_wanted(api: Api, kind: str) -> None:
    answer = api.post("/v1/stops", STOP, headers={"Content-Type": kind})
    assert (answer.status, answer.code) == (415, "media_type")
    assert answer.headers["Accept"] == "application/json"
    assert nothing_changed(api)


def test_a_charset_after_the_media_type_is_fine(api: Api) -> None:
    answer = api.post("/v1/stops", STOP, headers={"Content-Type": "Application/JSON; charset=utf-8"})
    assert answer.status == 201


def test_a_body_that_is_too_big_is_refused_before_it_is_read(own_api: Api) -> None:
    own_api.app.config["MAX_CONTENT_LENGTH"] = 10_000
    answer = own_api.post("/v1/stops", {**STOP, "address": "x" * 20_000})
    assert (answer.status, answer.code) == (413, "too_big")


def chunked(api: Api, raw: bytes) -> Answer:
    """As a server hands over a body that came in chunks: without Content-Length."""
    response = api.app.test_client().post(
        "/v1/stops",
        input_stream=BytesIO(raw),
        headers={
            "Authorization": f"Bearer {api.token('coordinator')}",
            "Idempotency-Key": str(new_id()),
            "Content-Type": "application/json",
            "Transfer-Encoding": "chunked",
        },
        environ_overrides={"wsgi.input_terminated": True},
    )
    return Answer(response)


def test_a_chunked_body_is_read_and_bounded_too(own_api: Api) -> None:
    assert chunked(own_api, json.dumps(STOP).encode()).status == 201
    own_api.app.config["MAX_CONTENT_LENGTH"] = 10_000
    too_big = chunked(own_api, json.dumps({**STOP, "address": "x" * 20_000}).encode())
    assert (too_big.status, too_big.code) == (413, "too_big")


def test_a_body_shorter_than_announced_is_refused(api: Api) -> None:
    answer = api.post("/v1/stops", raw=b'{"code"', headers={"Content-Length": "5000"}, check=False)
    assert answer.status == 400
    assert nothing_changed(api)


def test_a_hundred_thousand_faults_make_a_short_answer_and_a_short_receipt(api: Api) -> None:
    key = new_id()
    body = {**STOP, **{f"山田太郎{n}": n for n in range(30_000)}, "k" * 100_000: 1}
    answer = api.post("/v1/stops", body, key=key)
    assert (answer.status, answer.code) == (422, "invalid")
    assert len(answer.json["errors"]) == 100
    assert len(answer.text) < 50_000
    again = api.post("/v1/stops", body, key=key)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json["errors"] == answer.json["errors"]


@pytest.mark.parametrize(
    "raw",
    [
        b'{"weight": 0.' + b"7" * 1_900_000 + b"}",
        b'{"weight": ' + b"-" * 1_900_000 + b"}",
        b'{"name": "' + b"\\u3042" * 300_000 + b'"}',
        b"[" + b"[]," * 600_000 + b"[]]",
        b"{" + b",".join(b'"%d":0' % n for n in range(150_000)) + b"}",
        b'{"windows": [' + b"{}," * 600_000 + b"{}]}",
    ],
    ids=["long fraction", "minuses", "escapes", "wide list", "many keys", "many windows"],
)
def test_a_body_as_big_as_allowed_is_refused_like_any_other(api: Api, raw: bytes) -> None:
    answer = api.post("/v1/stops", raw=raw)
    assert answer.status in (400, 422)
    assert len(answer.text) < 100_000


HOSTILE: list[Any] = [
    None,
    True,
    0,
    -1,
    2**63 - 1,
    1e308,
    "",
    "\x00",
    "x" * 5_000,
    "７",
    [],
    {},
    [{}],
    [None],
]


def test_no_change_answers_5xx_to_values_that_no_field_expects(api: Api) -> None:
    for operation in changes(api.app):
        if operation.kind is not None and isinstance(operation.example, dict):
            for value in HOSTILE:
                send_example(api, operation, dict.fromkeys(operation.example, value))


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_no_change_answers_5xx_to_one_such_value_among_good_ones(api: Api) -> None:
    for operation in changes(api.app):
        if operation.kind is not None and isinstance(operation.example, dict):
            for field in operation.example:
                for value in (None, 2**63 - 1):
                    send_example(api, operation, {field: value})


def send_example(api: Api, operation: Operation, values: dict[str, Any]) -> None:
    answer = api.send(
        operation.method,
        operation.path(),
        {**operation.example, **values},
        role=operation.roles and operation.roles[0],
        version=1,
    )
    assert answer.status < 500, (operation.name, values, answer)
