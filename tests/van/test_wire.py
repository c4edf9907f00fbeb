"""One request and its answer, as the phone reads it."""

from __future__ import annotations

import gzip
import json
import socket
import threading
from typing import Any

import pytest

from van_app.wire import Refused, Response, Server, TooBig, Unanswered, over_http

SAID = {"results": ["あ" * 1_000]}
PACKED = gzip.compress(json.dumps(SAID).encode())
GZIP = {"content-encoding": "gzip", "content-type": "application/json"}
PROBLEM = {"content-type": "application/problem+json; charset=utf-8"}


def asked(*response: Any) -> Any:
    return Server(lambda *_: Response(*response), "okk_x").get("/v1/me")


def test_a_packed_answer_is_read_and_one_without_its_end_is_none() -> None:
    assert asked(200, GZIP, PACKED) == SAID
    for cut in (1, 8, len(PACKED) // 2, len(PACKED)):
        with pytest.raises(Unanswered):
            asked(200, GZIP, PACKED[:-cut])


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b'"x"', b"{", b"\xff", b"[" * 100_000])
def test_whatever_is_no_json_object_is_no_answer(body: bytes) -> None:
    with pytest.raises(Unanswered):
        asked(200, {"content-type": "application/json"}, body)


@pytest.mark.parametrize("status", [301, 302, 307, 408, 429, 500, 502, 503, 504])
def test_these_say_nothing_of_what_became_of_it(status: int) -> None:
    with pytest.raises(Unanswered, match=str(status)):
        asked(status, PROBLEM, b'{"code": "busy", "detail": "x"}')


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 415, 422])
def test_a_refusal_is_one_only_when_the_server_itself_says_so(status: int) -> None:
    with pytest.raises(Refused, match="why"):
        asked(status, PROBLEM, b'{"code": "why", "detail": "x"}')
    for form, body in (({"content-type": "text/html"}, b"<h1>no</h1>"), (PROBLEM, b'{"code": "wh')):
        with pytest.raises(Unanswered):
            asked(status, form, body)


def test_a_body_that_was_cut_off_on_its_way_there_is_sent_again() -> None:
    with pytest.raises(Unanswered):
        asked(400, PROBLEM, b'{"code": "not_gzip", "detail": "x"}')


def test_too_big_is_too_big_whoever_says_so() -> None:
    for form in (PROBLEM, {"content-type": "text/html"}):
        with pytest.raises(TooBig):
            asked(413, form, b"")


@pytest.mark.parametrize("header", ["", "soon", "-5", "７", "Wed, 21 Oct 2026 07:28:00 GMT"])
def test_a_retry_after_that_is_no_number_of_seconds_is_none(header: str) -> None:
    with pytest.raises(Unanswered) as none:
        asked(503, {"retry-after": header}, b"")
    assert none.value.wait_seconds == 0


@pytest.mark.parametrize(
    "url",
    ["", "van.example", "ftp://van.example", "http://van.example", "https://", "https://me:pw@van.example"],
)
def test_an_address_that_would_show_the_token_on_its_way_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"http|address"):
        over_http(url)


@pytest.mark.parametrize(
    "reply",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Len",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n" + b'{"a": 1}',
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n" + b'{"a": 1}' + b"\r\n",
        b"SSH-2.0-OpenSSH\r\n\r\n",
    ],
)
def test_a_connection_that_breaks_off_is_no_answer(reply: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(reply)

        thread = threading.Thread(target=answer)
        thread.start()
        port = listening.getsockname()[1]
        with pytest.raises(Unanswered):
            Server(over_http(f"http://127.0.0.1:{port}"), "okk_x").get("/v1/me")
        thread.join()
