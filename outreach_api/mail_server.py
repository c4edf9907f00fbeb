"""How a mail server and an address are written in the settings, and what is read of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

EMAIL = (
    r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
    r"(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+"
)
_PORTS = {"smtps": 465, "smtp": 587, "smtp+plain": 25}
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail goes out, and how: `smtps` speaks TLS from the start, `smtp` must change to it at once."""

    scheme: str
    host: str
    port: int
    user: str
    password: str = field(repr=False)


def mail_server(text: str) -> MailServer:
    """Read the address of a mail server. Raises ValueError, which says nothing of what was given."""
    says = (
        "must be smtps://user:password@host:465 or smtp://user:password@host:587 (both with TLS); what a password "
        "has besides letters and digits as %xx"
    )
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ValueError(says) from None
    extra = parts.path.strip("/") or parts.query or parts.fragment or not text.isprintable() or " " in text
    if parts.scheme not in _PORTS or not host or extra:
        raise ValueError(says)
    if parts.scheme == "smtp+plain" and host not in _THIS_MACHINE:
        raise ValueError("smtp+plain, without TLS, is for a mail server on this machine (localhost)")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return MailServer(parts.scheme, host, port or _PORTS[parts.scheme], user, password)
