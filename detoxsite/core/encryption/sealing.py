"""Sealing: encrypt what people tell us to the center's public key, so that only its private key can read it.

Sealing needs the public key alone (HPKE, RFC 9180, with the hybrid post-quantum suite): a process that receives
requests cannot read what is stored. A sealed value is

    version (1 byte) | key id (8 bytes) | HPKE encapsulation and ciphertext

and is bound to the model, field and row it was made for. With the wrong key, or in another row, it does not open.
Decision: docs/decisions/0015-sealing.md.
"""

import base64
import functools
import hashlib
import json
import secrets
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric import mlkem, x25519
from django.conf import settings

SUITE = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305)
VERSION = b"\x01"
HEADER_SIZE = 9  # bytes of version and key id
MLKEM_SEED, MLKEM_PUBLIC, X25519_KEY = 64, 1184, 32  # bytes
PRIVATE_SIZE, PUBLIC_SIZE = MLKEM_SEED + X25519_KEY, MLKEM_PUBLIC + X25519_KEY
PADDING = 256  # bytes; plaintext is padded to a multiple of it, so that the length reveals little


class Unreadable(Exception):
    """A value does not open: no key here, the wrong key, sealed for another row, or changed. Holds no content."""


class PublicKey:
    """Seals. ``raw`` is the ML-KEM-768 public key followed by the X25519 one."""

    def __init__(self, raw: bytes, key: hpke.MLKEM768X25519PublicKey | None = None) -> None:
        """``key``: the same key, where it is at hand already."""
        if len(raw) != PUBLIC_SIZE:
            raise ValueError(f"A public sealing key has {PUBLIC_SIZE} bytes.")
        self.raw = raw
        self.id = hashlib.sha256(raw).digest()[: HEADER_SIZE - 1]
        self._key = key or hpke.MLKEM768X25519PublicKey(
            mlkem.MLKEM768PublicKey.from_public_bytes(raw[:MLKEM_PUBLIC]),
            x25519.X25519PublicKey.from_public_bytes(raw[MLKEM_PUBLIC:]),
        )

    def seal(self, payload: Mapping, context: str) -> bytes:
        plain = json.dumps(payload, separators=(",", ":"), ensure_ascii=True).encode()
        plain += b" " * (-len(plain) % PADDING)
        return VERSION + self.id + SUITE.encrypt(plain, self._key, context.encode())

    @property
    def header(self) -> bytes:
        """The first bytes of every value sealed to this key."""
        return VERSION + self.id


class PrivateKey:
    """Opens. ``raw`` is the seed of the ML-KEM-768 key followed by the X25519 one."""

    def __init__(self, raw: bytes) -> None:
        if len(raw) != PRIVATE_SIZE:
            raise ValueError(f"A private sealing key has {PRIVATE_SIZE} bytes.")
        seeds = mlkem.MLKEM768PrivateKey.from_seed_bytes(raw[:MLKEM_SEED])
        curve = x25519.X25519PrivateKey.from_private_bytes(raw[MLKEM_SEED:])
        self._key = hpke.MLKEM768X25519PrivateKey(seeds, curve)
        seeds_public, curve_public = seeds.public_key(), curve.public_key()
        self.public = PublicKey(
            seeds_public.public_bytes_raw() + curve_public.public_bytes_raw(),
            hpke.MLKEM768X25519PublicKey(seeds_public, curve_public),
        )

    @classmethod
    def from_return_code(cls, code: str) -> "PrivateKey":
        """Derive the key of a return code. Only a holder of the code can."""
        return cls(hashlib.shake_256(b"detoxsite return code 1|" + code.encode()).digest(PRIVATE_SIZE))

    def open(self, sealed: bytes, context: str) -> dict:
        """Raises Unreadable."""
        sealed = bytes(sealed)
        if sealed[:HEADER_SIZE] != self.public.header:
            raise Unreadable("Sealed to another key.")
        try:
            return json.loads(SUITE.decrypt(sealed[HEADER_SIZE:], self._key, context.encode()))
        except InvalidTag:
            raise Unreadable("Sealed for another row, or changed.") from None


def new_private_key() -> str:
    return encode_key(secrets.token_bytes(PRIVATE_SIZE))


def derive_public_key(private_key: str) -> str:
    return encode_key(PrivateKey(decode_key(private_key)).public.raw)


def decode_key(text: str) -> bytes:
    return base64.b64decode("".join(text.split()), validate=True)


def encode_key(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


# --- the center's keys -----------------------------------------------------------------------------------------------


@functools.lru_cache
def _public(text: str) -> PublicKey:
    return PublicKey(decode_key(text))


@functools.lru_cache
def _private(texts: tuple[str, ...]) -> dict[bytes, PrivateKey]:
    keys = [PrivateKey(decode_key(text)) for text in texts]
    return {key.public.header: key for key in keys}


def public_key() -> PublicKey:
    """The center's newest public key, to which everything is sealed."""
    return _public(settings.SEALING_PUBLIC_KEY)


def seal(payload: Mapping, context: str) -> bytes:
    """Seal ``payload`` (JSON values) to the center, bound to ``context``: model, field and row."""
    return public_key().seal(payload, context)


def unseal(sealed: bytes, context: str) -> dict:
    """Open a sealed value with the center's key it was sealed to. Raises Unreadable."""
    key = _private(tuple(settings.SEALING_PRIVATE_KEYS)).get(bytes(sealed[:HEADER_SIZE]))
    if key is None:
        raise Unreadable("This process holds no key for it.")
    return key.open(sealed, context)


def holds_key_for(sealed: bytes) -> bool:
    """Whether this process holds the private key for a sealed value."""
    return bytes(sealed[:HEADER_SIZE]) in _private(tuple(settings.SEALING_PRIVATE_KEYS))


def holds_private_key() -> bool:
    """Whether this process holds any private key."""
    return bool(settings.SEALING_PRIVATE_KEYS)
