"""Mistakes that a phone, or who wrote its app, can make with one operation; each is answered by its own name."""

from __future__ import annotations

import dataclasses
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from tests.proofs.handsets import Handset
from tests.proofs.organisation import Organisation

MISTAKES = (
    "rubbish",
    "malformed",
    "forbidden",
    "invalid",
    "unknown_kind",
    "newer_version",
    "not_by_push",
    "sealed_unreadable",
    "sealed_for_another_key",
)
ANOTHER_KEY = X25519PrivateKey.from_private_bytes(bytes(range(1, 33))).public_key().public_bytes_raw()


def enter_mistake(
    handset: Handset, here: Organisation, mistake: str, visit: dict[str, str], which: int
) -> None:
    """A tap, with this mistake in it."""
    tap: dict[str, Any] = {**visit, "counts": {"guardian": 2}}
    kind, v, key = "head_count.add", 1, None
    envelope: dict[str, Any] = {}
    match mistake:
        case "malformed":
            envelope = {"surprise": 1}
        case "forbidden":
            kind = "tax_rate.set"
        case "invalid":
            tap["counts"] = {"infant": "x"}
        case "unknown_kind":
            kind = "moon.landing"
        case "newer_version":
            v = 9
        case "not_by_push":
            kind = "person.add"
        case "sealed_unreadable":
            key = here.keyring.public_key
        case "sealed_for_another_key":
            key = ANOTHER_KEY
    entry = handset.enter(here.clock(), kind, tap, refusal=mistake, v=v, seal_for=key, **envelope)
    if mistake == "sealed_unreadable":
        entry.item["sealed"] = entry.item["sealed"][:-4]
    if mistake == "rubbish":
        handset.queue[-1] = dataclasses.replace(entry, item=f"rubbish {which % 2}", refusal="malformed")
