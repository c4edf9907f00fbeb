"""How long an attempt waits for the next one, where a webhook may go, and how it is signed: pure."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import ipaddress
import uuid
from collections.abc import Iterable

from outreach_api.calling import IpAddress

_WAITS = tuple(
    dt.timedelta(minutes=minutes) for minutes in (0.5, 2, 10, 60, 4 * 60, 12 * 60, 24 * 60, 24 * 60)
)
"""After each attempt in vain; together 65 hours, so that nothing is lost over a weekend."""
_LONGEST_WISH = dt.timedelta(days=1)
BOTH_SECRETS_FOR = dt.timedelta(days=1)
"""After a rotation, so that a receiver may change its secret at any moment of a day."""


def wait_after(tries: int, wished: dt.timedelta = dt.timedelta()) -> dt.timedelta | None:
    """How long until the next attempt after `tries` of them; None after the last. `wished` is what a receiver asked for."""
    if tries > len(_WAITS):
        return None
    return max(_WAITS[tries - 1], min(wished, _LONGEST_WISH))


def secret(key: bytes, subscription_id: uuid.UUID, number: int) -> str:
    """A subscription's secret, as a receiver keeps it: 32 bytes (HMAC-SHA256), as Standard Webhooks writes them."""
    made = hmac.digest(key, subscription_id.bytes + number.to_bytes(8, "big"), hashlib.sha256)
    return "whsec_" + base64.b64encode(made).decode()


def signature(secrets: Iterable[str], message_id: str, timestamp: int, body: bytes) -> str:
    """The header webhook-signature (Standard Webhooks 1.0): one v1 signature for each secret, with spaces between."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    digests = (
        hmac.digest(base64.b64decode(one.removeprefix("whsec_")), signed, hashlib.sha256) for one in secrets
    )
    return " ".join(f"v1,{base64.b64encode(digest).decode()}" for digest in digests)


_PRIVATE = tuple(map(ipaddress.ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")))
"""RFC 1918 and RFC 4193: the networks of houses and offices."""
_OF_NO_MACHINE = ipaddress.ip_network("192.0.0.0/24")
"""RFC 6890; Python calls parts of it global, and a cloud keeps its secrets there."""


def may_be_called(address: IpAddress, *, lan: bool, shielded: bool) -> bool:
    """Whether a webhook may connect to an address: a public one, with TLS; `lan`: a private one, too, and without.

    Never what a cloud keeps its secrets under (link-local), nor what isn't one machine or hides another address.
    """
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return may_be_called(address.ipv4_mapped, lan=lan, shielded=shielded)
        if address.sixtofour or address.teredo or address.is_site_local:
            return False
    if address.is_loopback:
        return lan
    if address.is_link_local or address.is_multicast or address.is_reserved or address.is_unspecified:
        return False
    if any(address.version == network.version and address in network for network in _PRIVATE):
        return lan
    return shielded and address.is_global and address not in _OF_NO_MACHINE
