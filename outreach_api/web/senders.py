"""Which address a request came from, as far as it can be known behind proxies, for limits that hang on it."""

from __future__ import annotations

import ipaddress

from flask import Request

# A home or phone on IPv6 has 2^64 addresses and may use another one for each request.
_HOME_BITS = 64


def sender(request: Request, *, proxies: int) -> str:
    """The address, of IPv6 its /64; empty when the server doesn't know it.

    `proxies`: how many of our own stand in front. Each adds to X-Forwarded-For where the request came to it from, so
    the sender stands so many places from the end; what stands before was written by whoever sent it.
    """
    told = [request.remote_addr or ""]
    if proxies:
        listed = [one.strip() for one in request.headers.get("X-Forwarded-For", "").split(",")]
        if len(listed) >= proxies:
            told.insert(0, listed[-proxies])
    return next((address for address in map(_home_of, told) if address), "")


def _home_of(text: str) -> str:
    """192.0.2.1, 192.0.2.1:4711, 2001:db8::1 or [2001:db8::1]:4711; empty for anything else."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, _HOME_BITS), strict=False))
    return str(address)
