"""What people tell us, closed so that only the holder of a private key can read it; and the index to find it by.

Sealing needs the public key alone (HPKE, RFC 9180, with the hybrid post-quantum suite), so that a process that takes
requests cannot read what it has taken. A sealed value is

    version (1 byte) | key id (8 bytes) | HPKE encapsulation and ciphertext

and is bound to the model, field and row it was made for. With the wrong key, or moved elsewhere, it raises.
Decision: docs/decisions/0015-sealing.md.
"""

import base64
import functools
import hashlib
import hmac
import json
import secrets
import unicodedata
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric import mlkem, x25519
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from django.conf import settings

SUITE = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305)
VERSION = b"\x01"
HEADER = 9  # bytes of version and key id
MLKEM_SEED, MLKEM_PUBLIC, X25519_KEY = 64, 1184, 32  # bytes
PRIVATE_SIZE, PUBLIC_SIZE = MLKEM_SEED + X25519_KEY, MLKEM_PUBLIC + X25519_KEY
STEP = 256  # bytes; what is sealed is padded to a multiple, so that its length tells little
NONCE = 12


class Unreadable(Exception):
    """This cannot be opened here: no key, the wrong key, another row's, or changed. Holds no content."""


class PublicKey:
    """Seals. ``raw`` is the ML-KEM-768 public key and the X25519 one behind it."""

    def __init__(self, raw: bytes) -> None:
        if len(raw) != PUBLIC_SIZE:
            raise ValueError(f"A public sealing key has {PUBLIC_SIZE} bytes.")
        self.raw = raw
        self.id = hashlib.sha256(raw).digest()[: HEADER - 1]
        self._key = hpke.MLKEM768X25519PublicKey(
            mlkem.MLKEM768PublicKey.from_public_bytes(raw[:MLKEM_PUBLIC]),
            x25519.X25519PublicKey.from_public_bytes(raw[MLKEM_PUBLIC:]),
        )

    def seal(self, words: Mapping, about: str) -> bytes:
        plain = json.dumps(words, separators=(",", ":"), ensure_ascii=True).encode()
        plain += b" " * (-len(plain) % STEP)
        return VERSION + self.id + SUITE.encrypt(plain, self._key, about.encode())

    @property
    def header(self) -> bytes:
        """What every value sealed to this key begins with."""
        return VERSION + self.id


class PrivateKey:
    """Opens. ``raw`` is the seed of the ML-KEM-768 key and the X25519 one behind it."""

    def __init__(self, raw: bytes) -> None:
        if len(raw) != PRIVATE_SIZE:
            raise ValueError(f"A private sealing key has {PRIVATE_SIZE} bytes.")
        seeds = mlkem.MLKEM768PrivateKey.from_seed_bytes(raw[:MLKEM_SEED])
        curve = x25519.X25519PrivateKey.from_private_bytes(raw[MLKEM_SEED:])
        self._key = hpke.MLKEM768X25519PrivateKey(seeds, curve)
        self.public = PublicKey(seeds.public_key().public_bytes_raw() + curve.public_key().public_bytes_raw())

    @classmethod
    def from_return_code(cls, code: str) -> "PrivateKey":
        """The key that belongs to a return code; whoever has the code can make it, nobody else."""
        return cls(hashlib.shake_256(b"detoxsite return code 1|" + code.encode()).digest(PRIVATE_SIZE))

    def open(self, sealed: bytes, about: str) -> dict:
        """Raises Unreadable."""
        sealed = bytes(sealed)
        if sealed[:HEADER] != self.public.header:
            raise Unreadable("Sealed to another key.")
        try:
            return json.loads(SUITE.decrypt(sealed[HEADER:], self._key, about.encode()))
        except InvalidTag:
            raise Unreadable("Sealed for another row, or changed.") from None


def new_private_key() -> str:
    return encode(secrets.token_bytes(PRIVATE_SIZE))


def public_of(private_key: str) -> str:
    return encode(PrivateKey(decode(private_key)).public.raw)


def decode(text: str) -> bytes:
    return base64.b64decode("".join(text.split()), validate=True)


def encode(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


# --- the center's keys -----------------------------------------------------------------------------------------------


@functools.lru_cache
def _public(text: str) -> PublicKey:
    return PublicKey(decode(text))


@functools.lru_cache
def _private(texts: tuple[str, ...]) -> dict[bytes, PrivateKey]:
    keys = [PrivateKey(decode(text)) for text in texts]
    return {key.public.header: key for key in keys}


def public_key() -> PublicKey:
    """The newest of the center: what everything is sealed to."""
    return _public(settings.SEALING_PUBLIC_KEY)


def seal(words: Mapping, about: str) -> bytes:
    """``words`` (JSON values) for the center's eyes, bound to ``about``: model, field and row."""
    return public_key().seal(words, about)


def unseal(sealed: bytes, about: str) -> dict:
    """What was sealed, opened with whichever of the center's keys it was made for. Raises Unreadable."""
    key = _private(tuple(settings.SEALING_PRIVATE_KEYS)).get(bytes(sealed[:HEADER]))
    if key is None:
        raise Unreadable("No key for this is held here.")
    return key.open(sealed, about)


def is_held(sealed: bytes) -> bool:
    """Whether a key that is held here belongs to a sealed value."""
    return bytes(sealed[:HEADER]) in _private(tuple(settings.SEALING_PRIVATE_KEYS))


def can_read() -> bool:
    """Whether this process holds a private key at all."""
    return bool(settings.SEALING_PRIVATE_KEYS)


# --- finding, and telling the same again -----------------------------------------------------------------------------


def keyed(purpose: str, value: str, size: int = 16) -> bytes:
    """A fingerprint of ``value`` that cannot be made, or tried out, without INDEX_KEY. ``size`` in bytes, up to 32."""
    message = f"{purpose}:{value}".encode(errors="surrogatepass")
    return hmac.digest(settings.INDEX_KEY.encode(), message, "sha256")[:size]


def blind(kind: str, value: str) -> bytes | None:
    """What a phone number or address is found by: the same for every way of writing it. None of nothing."""
    plain = "".join(unicodedata.normalize("NFKC", value).casefold().split())
    return keyed(f"index/{kind}", plain) if plain else None


# --- what this site itself has to read again -------------------------------------------------------------------------


@functools.lru_cache
def _lock(secret: str, purpose: str) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(hmac.digest(secret.encode(), f"detoxsite lock/{purpose}".encode(), "sha256"))


def lock(words: Mapping, purpose: str) -> str:
    """A value only this site can read, for a cookie or a column: a visitor's next page, a webhook's secret."""
    nonce = secrets.token_bytes(NONCE)
    plain = json.dumps(words, separators=(",", ":")).encode()
    closed = nonce + _lock(settings.SECRET_KEY, purpose).encrypt(nonce, plain, None)
    return base64.urlsafe_b64encode(closed).decode()


def unlock(text: str, purpose: str) -> dict:
    """Raises Unreadable."""
    try:
        closed = base64.urlsafe_b64decode(text.encode())
        return json.loads(_lock(settings.SECRET_KEY, purpose).decrypt(closed[:NONCE], closed[NONCE:], None))
    except (ValueError, InvalidTag):
        raise Unreadable("Not locked by this site, or changed.") from None
