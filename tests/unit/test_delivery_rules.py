"""Where a webhook may go, how long it waits, and that its signature is the standard's."""

from __future__ import annotations

import datetime as dt
import ipaddress
import uuid

import pytest

from outreach_api.reports.deliveries.rules import may_be_called, secret, signature, wait_after

PUBLIC = ("93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "::ffff:93.184.216.34")
OF_A_HOUSE = (
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.9",
    "172.31.255.255",
    "fd00::1",
    "127.0.0.1",
    "::1",
    "::ffff:10.0.0.1",
)
NEVER = (
    *("169.254.169.254", "fe80::1", "::ffff:169.254.169.254", "0.0.0.0", "::", "224.0.0.1", "ff02::1"),  # noqa: S104
    *(
        "240.0.0.1",
        "255.255.255.255",
        "192.0.2.1",
        "198.18.0.1",
        "100.100.100.200",
        "192.0.0.192",
        "2001:db8::1",
        "fec0::1",
    ),
    # An IPv4 address inside: of 6to4, Teredo, NAT64 and the oldest form.
    *("2002:7f00:1::", "2001:0:7f00:1::", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "::7f00:1"),
)


def may(address: str, *, lan: bool, shielded: bool = True) -> bool:
    return may_be_called(ipaddress.ip_address(address), lan=lan, shielded=shielded)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_may_be_called_with_tls_alone(address: str) -> None:
    for lan in (False, True):
        assert may(address, lan=lan)
        assert not may(address, lan=lan, shielded=False)


@pytest.mark.parametrize("address", OF_A_HOUSE)
def test_an_address_of_the_house_only_if_the_office_says_so(address: str) -> None:
    assert not may(address, lan=False)
    assert may(address, lan=True)
    assert may(address, lan=True, shielded=False)


@pytest.mark.parametrize("address", NEVER)
def test_what_is_no_receiver_is_never_called(address: str) -> None:
    assert not may(address, lan=False)
    assert not may(address, lan=True)


def test_it_waits_longer_each_time_and_comes_to_an_end_after_a_weekend() -> None:
    waits, tries = [], 1
    while (wait := wait_after(tries)) is not None:
        waits.append(wait)
        tries += 1
    assert waits == sorted(waits)
    assert dt.timedelta(days=2) < sum(waits, dt.timedelta()) < dt.timedelta(days=4)


def test_a_receiver_may_ask_for_more_time_but_not_for_ever() -> None:
    assert wait_after(1, dt.timedelta(hours=2)) == dt.timedelta(hours=2)
    assert wait_after(1, dt.timedelta(days=400)) == dt.timedelta(days=1)
    assert wait_after(5, dt.timedelta(seconds=1)) == wait_after(5)


def test_the_example_of_the_standard_is_signed_as_it_says() -> None:
    """Standard Webhooks 1.0, section "Signature scheme"."""
    given = signature(
        ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
    )
    assert given == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_each_secret_is_another_one_and_always_the_same() -> None:
    one, other = uuid.UUID(int=1), uuid.UUID(int=2)
    made = {secret(key, who, number) for key in (b"a", b"b") for who in (one, other) for number in (1, 2)}
    assert len(made) == 8
    assert secret(b"a", one, 1) == secret(b"a", one, 1)
