"""Where a request came from: only what our own proxies wrote is believed."""

from __future__ import annotations

import pytest
from flask import Flask, request

from outreach_api.web.senders import sender


@pytest.mark.parametrize(
    ("peer", "forwarded", "proxies", "expected"),
    [
        ("192.0.2.1", None, 0, "192.0.2.1"),
        ("192.0.2.1", "203.0.113.9", 0, "192.0.2.1"),
        ("192.0.2.1", "203.0.113.9", 1, "203.0.113.9"),
        ("192.0.2.1", "198.51.100.7, 203.0.113.9", 1, "203.0.113.9"),
        ("192.0.2.1", "198.51.100.7, 203.0.113.9", 2, "198.51.100.7"),
        ("192.0.2.1", "1.1.1.1, 198.51.100.7,203.0.113.9", 2, "198.51.100.7"),
        ("192.0.2.1", None, 1, "192.0.2.1"),
        ("192.0.2.1", "203.0.113.9", 2, "192.0.2.1"),
        ("192.0.2.1", "unknown", 1, "192.0.2.1"),
        ("192.0.2.1", "203.0.113.9:4711", 1, "203.0.113.9"),
        ("192.0.2.1", "[2001:db8:1:2:3::9]:4711", 1, "2001:db8:1:2::/64"),
        ("2001:db8:1:2:aaaa::1", None, 0, "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::2", None, 0, "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", None, 0, "2001:db8:1:3::/64"),
        ("fe80::1%eth0", None, 0, "fe80::/64"),
        ("::ffff:192.0.2.1", None, 0, "192.0.2.1"),
        ("", None, 0, ""),
        ("nowhere", None, 0, ""),
    ],
)
def test_a_sender_is_known_as_far_as_our_proxies_tell(
    peer: str, forwarded: str | None, proxies: int, expected: str
) -> None:
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    with Flask("trial").test_request_context("/", headers=headers, environ_overrides={"REMOTE_ADDR": peer}):
        assert sender(request, proxies=proxies) == expected
