"""What calls out connects to what it was allowed to, and takes no more than it asked for."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

import pytest

from outreach_api.calling import Answer, IpAddress, Unanswered, call
from tests.receiver import Receiver, receiver

HERE = ipaddress.ip_address("127.0.0.1")


def ask(there: Receiver, allowed: Any = lambda _: True, name: str = "localhost", most: int = 100) -> Answer:
    url = there.url.replace("localhost", name)
    return call("POST", url, headers={}, body=b"{}", seconds=5, most_bytes=most, allowed=allowed)


def resolving(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Each look-up of a name gets the next of these; and which names were asked for."""
    asked: list[str] = []
    left = iter(answers)
    really = socket.getaddrinfo

    def look_up(host: str, port: int, *how: Any, **more: Any) -> Any:
        try:
            ipaddress.ip_address(host)
        except ValueError:
            asked.append(host)
            return [found for one in next(left) for found in really(one, port, *how, **more)]
        return really(host, port, *how, **more)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


def test_a_name_that_means_another_address_a_moment_later_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = resolving(monkeypatch, ["127.0.0.1"])  # of a second look-up there is no answer
    judged: list[IpAddress] = []
    with receiver() as there:
        assert ask(there, lambda one: judged.append(one) is None, "rebound.example").status == 204
        assert there.called[0].headers["host"].startswith("rebound.example:")
    assert (asked, judged) == (["rebound.example"], [HERE])


def test_of_several_addresses_only_an_allowed_one_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, ["127.0.0.2", "127.0.0.1"], ["127.0.0.2"])
    with receiver() as there:
        assert ask(there, lambda one: one == HERE, "several.example").status == 204
        with pytest.raises(Unanswered) as refused:
            ask(there, lambda one: one == HERE, "several.example")
        assert (refused.value.code, len(there.called)) == ("address_refused", 1)


def test_an_address_written_as_a_number_is_looked_at_too() -> None:
    with receiver() as there:
        for name in ("127.0.0.1", "127.1", "2130706433", "0x7f000001"):
            with pytest.raises(Unanswered) as refused:
                ask(there, lambda one: one.is_global, name)
            assert refused.value.code == "address_refused"
        assert there.called == []


def test_no_more_is_read_than_was_asked_for() -> None:
    with receiver() as there:
        there.status, there.body = 200, b"x" * 1_000_000
        assert len(ask(there, most=100).body) == 101


def test_no_proxy_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with receiver() as there:
        assert ask(there).status == 204
