"""Sealing: encrypt what people tell us to the center's public key, so that only its private key can read it.

Sealing needs the public key alone (HPKE, RFC 9180, with the hybrid post-quantum suite): a process that receives
requests cannot read what is stored. A sealed value is

    version (1 byte) | key id (8 bytes) | HPKE encapsulation and ciphertext

and is bound to the model, field and row it was made for. With the wrong key, or in another row, it does not open. What
the holder of a return code may read is encrypted with that code's own symmetric key (version 2) while the code is at
hand, and sealed to its public key (version 1) by staff, who do not have the code.
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
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from django.conf import settings

SUITE = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305)
VERSION, SYMMETRIC = b"\x01", b"\x02"
HEADER_SIZE = 9  # bytes of version and key id
MLKEM_SEED, MLKEM_PUBLIC, X25519_KEY = 64, 1184, 32  # bytes
PRIVATE_SIZE, PUBLIC_SIZE = MLKEM_SEED + X25519_KEY, MLKEM_PUBLIC + X25519_KEY
SYMMETRIC_KEY, NONCE_SIZE = 32, 12  # bytes
PADDING = 256  # bytes; plaintext is padded to a multiple of it, so that the length reveals little


class Unreadable(Exception):
    """A value does not open: no key here, the wrong key, sealed for another row, or changed. Holds no content."""


def _padded(payload: Mapping) -> bytes:
    plain = json.dumps(payload, separators=(",", ":"), ensure_ascii=True).encode()
    return plain + b" " * (-len(plain) % PADDING)


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
        return VERSION + self.id + SUITE.encrypt(_padded(payload), self._key, context.encode())

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

    @staticmethod
    def from_return_code(code: str) -> "ReturnKey":
        """Derive the key of a return code. Only a holder of the code can."""
        size = PRIVATE_SIZE + SYMMETRIC_KEY
        return ReturnKey(hashlib.shake_256(b"detoxsite return code 1|" + code.encode()).digest(size))

    def open(self, sealed: bytes, context: str) -> dict:
        """Raises Unreadable."""
        sealed = bytes(sealed)
        if sealed[:HEADER_SIZE] != self.public.header:
            raise Unreadable("Sealed to another key.")
        try:
            return json.loads(SUITE.decrypt(sealed[HEADER_SIZE:], self._key, context.encode()))
        except InvalidTag:
            raise Unreadable("Sealed for another row, or changed.") from None


class ReturnKey(PrivateKey):
    """The key of a return code. Who has the code needs no public key to seal: that would take ten times as long."""

    def __init__(self, raw: bytes) -> None:
        super().__init__(raw[:PRIVATE_SIZE])
        self._cipher = ChaCha20Poly1305(raw[PRIVATE_SIZE:])
        self._header = SYMMETRIC + self.public.id

    def seal(self, payload: Mapping, context: str) -> bytes:
        """As PublicKey.seal, but symmetric: what this key seals, it alone opens."""
        nonce = secrets.token_bytes(NONCE_SIZE)
        return self._header + nonce + self._cipher.encrypt(nonce, _padded(payload), context.encode())

    def open(self, sealed: bytes, context: str) -> dict:
        """Raises Unreadable."""
        sealed = bytes(sealed)
        if sealed[:HEADER_SIZE] != self._header:
            return super().open(sealed, context)
        nonce, ciphertext = sealed[HEADER_SIZE:][:NONCE_SIZE], sealed[HEADER_SIZE + NONCE_SIZE :]
        try:
            return json.loads(self._cipher.decrypt(nonce, ciphertext, context.encode()))
        except (ValueError, InvalidTag):  # ValueError: it is too short
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
