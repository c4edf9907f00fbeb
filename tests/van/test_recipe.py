"""The recipe of sealing, as README gives it, followed without the library that the phone and the server share."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import uuid

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from van_app.sealing import seal

KEM = b"KEM" + bytes.fromhex("0020")  # DHKEM(X25519, HKDF-SHA256)
HPKE = b"HPKE" + bytes.fromhex("0020 0001 0002")  # with HKDF-SHA256 and AES-256-GCM


def extract(suite: bytes, salt: bytes, label: bytes, key: bytes) -> bytes:
    """LabeledExtract of RFC 9180, section 4."""
    return hmac.digest(salt or bytes(32), b"HPKE-v1" + suite + label + key, "sha256")


def expand(suite: bytes, key: bytes, label: bytes, info: bytes, length: int) -> bytes:
    """LabeledExpand of RFC 9180, section 4; one block is enough here."""
    labeled = length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info
    return hmac.digest(key, labeled + b"\x01", "sha256")[:length]


def opened(private: X25519PrivateKey, enc: bytes, ciphertext: bytes, info: bytes) -> bytes:
    """OpenBase of RFC 9180, sections 4.1, 5.1 and 5.2."""
    shared = private.exchange(X25519PublicKey.from_public_bytes(enc))
    context = enc + private.public_key().public_bytes_raw()
    secret = expand(KEM, extract(KEM, b"", b"eae_prk", shared), b"shared_secret", context, 32)
    schedule = b"\x00" + extract(HPKE, b"", b"psk_id_hash", b"") + extract(HPKE, b"", b"info_hash", info)
    key = extract(HPKE, secret, b"secret", b"")
    nonce = expand(HPKE, key, b"base_nonce", schedule, 12)
    return AESGCM(expand(HPKE, key, b"key", schedule, 32)).decrypt(nonce, ciphertext, b"")


def test_what_the_phone_seals_opens_by_the_recipe_alone() -> None:
    private = X25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    rules = {
        "key_id": hashlib.sha256(public).digest()[:4].hex(),
        "public_key": base64.urlsafe_b64encode(public).rstrip(b"=").decode(),
        "info": "outreach sealed payload v1",
    }
    op, entity = uuid.uuid4(), uuid.uuid4()
    payload = {"depth": "listening", "text": "夜泣きで眠れないとのこと。"}
    sealed = seal(payload, rules, op_id=str(op), entity_id=str(entity), kind="note.write")
    assert "=" not in sealed
    raw = base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
    assert raw[:4].hex() == rules["key_id"]
    info = rules["info"].encode() + op.bytes + entity.bytes + b"note.write"
    plain = opened(private, raw[4:36], raw[36:], info)
    assert (json.loads(plain), len(plain)) == (payload, 512)
