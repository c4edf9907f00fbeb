"""Seals what families said to the server's public key: from then on this phone can't read it again itself.

The recipe, byte for byte:

  sealed = base64url without padding of ( key_id, 4 bytes | enc, 32 bytes | ciphertext with tag )
  enc and ciphertext: HPKE (RFC 9180) in base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM,
    one message, aad empty
  info = rules.seal.info in UTF-8, then the 16 bytes of op_id, the 16 bytes of entity_id, and the kind in UTF-8, so
    that nobody can put a sealed text under another operation
  plaintext = the payload's JSON in UTF-8, then spaces up to a multiple of 512 bytes, so that its length tells nothing
"""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
_PADDED_TO = 512


def seal(payload: Mapping[str, Any], key: Mapping[str, str], *, op_id: str, entity_id: str, kind: str) -> str:
    """The payload sealed with `key`, which is `rules.seal` of the last pull."""
    plain = json.dumps(payload, ensure_ascii=False).encode()
    plain += b" " * (-len(plain) % _PADDED_TO)
    public_key = X25519PublicKey.from_public_bytes(_unbase64(key["public_key"]))
    info = key["info"].encode() + uuid.UUID(op_id).bytes + uuid.UUID(entity_id).bytes + kind.encode()
    sealed = bytes.fromhex(key["key_id"]) + SUITE.encrypt(plain, public_key, info)
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()


def _unbase64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
