"""Sealed data opens for its key and its row, and for nothing else."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detoxsite.core.encryption import digests, sealing, symmetric

WORDS = {"story": "I drink, and I want to stop. 🌊", "leave": ["text"], "name": ""}


@pytest.fixture
def keys():
    return [sealing.PrivateKey(sealing.decode_key(sealing.new_private_key())) for _ in range(2)]


def test_sealed_data_opens_for_its_key_and_place_and_reveals_nothing(keys):
    sealed = keys[0].public.seal(WORDS, "intake.CallForHelp.sealed:1")

    assert keys[0].open(sealed, "intake.CallForHelp.sealed:1") == WORDS
    assert sealed[:1] == b"\x01"
    assert sealed[1:9] == keys[0].public.id
    assert b"drink" not in sealed


@pytest.mark.parametrize("about", ["intake.CallForHelp.sealed:2", "intake.Contact.sealed:1", ""])
def test_moved_elsewhere_it_raises(keys, about):
    sealed = keys[0].public.seal(WORDS, "intake.CallForHelp.sealed:1")

    with pytest.raises(sealing.Unreadable):
        keys[0].open(sealed, about)


def test_with_the_wrong_key_it_raises(keys):
    sealed = keys[0].public.seal(WORDS, "place")

    with pytest.raises(sealing.Unreadable):
        keys[1].open(sealed, "place")
    with pytest.raises(sealing.Unreadable):  # also if someone put the wrong key's id in front
        keys[1].open(keys[1].public.header + sealed[sealing.HEADER_SIZE :], "place")


def test_a_return_code_opens_what_was_sealed_with_it_and_what_was_sealed_to_its_public_key():
    key, other = map(sealing.PrivateKey.from_return_code, ("K7QD", "K7QE"))
    own, from_staff = key.seal(WORDS, "place"), sealing.PublicKey(key.public.raw).seal(WORDS, "place")

    again = sealing.PrivateKey.from_return_code("K7QD")
    assert again.open(own, "place") == again.open(from_staff, "place") == WORDS
    assert b"drink" not in own
    assert key.seal(WORDS, "place") != own
    for sealed, opener, place in ((own, key, "elsewhere"), (own, other, "place"), (own[:12], key, "place")):
        with pytest.raises(sealing.Unreadable):
            opener.open(sealed, place)
    with pytest.raises(sealing.Unreadable):  # also if someone put the wrong key's id in front
        other.open(other.seal(WORDS, "place")[: sealing.HEADER_SIZE] + own[sealing.HEADER_SIZE :], "place")


def test_what_a_return_code_sealed_before_it_had_a_symmetric_key_still_opens():
    """The first 96 bytes derived from a code stay those of its key pair."""
    raw = hashlib.shake_256(b"detoxsite return code 1|K7QD").digest(sealing.PRIVATE_SIZE)

    assert sealing.PrivateKey.from_return_code("K7QD").public.raw == sealing.PrivateKey(raw).public.raw


@given(st.integers(min_value=0, max_value=2000), st.integers(min_value=1, max_value=255), st.booleans())
def test_one_changed_byte_anywhere_raises(place, change, is_symmetric):
    key = sealing.PrivateKey.from_return_code("K7QD")
    sealed = bytearray((key if is_symmetric else key.public).seal(WORDS, "place"))
    sealed[place % len(sealed)] ^= change

    with pytest.raises(sealing.Unreadable):
        key.open(bytes(sealed), "place")


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x01" * 9, b"\x00" * 3000])
def test_data_that_was_never_sealed_raises(keys, sealed):
    with pytest.raises(sealing.Unreadable):
        keys[0].open(sealed, "place")


def test_the_length_reveals_little(keys):
    lengths = {len(keys[0].public.seal({"story": "x" * count}, "place")) for count in range(200)}

    assert len(lengths) == 1


def test_the_center_opens_with_whichever_key_it_was_sealed_to(settings):
    old, new = sealing.new_private_key(), sealing.new_private_key()
    settings.SEALING_PUBLIC_KEY, settings.SEALING_PRIVATE_KEYS = sealing.derive_public_key(old), [old]
    sealed = sealing.seal(WORDS, "place")
    settings.SEALING_PUBLIC_KEY, settings.SEALING_PRIVATE_KEYS = sealing.derive_public_key(new), [new, old]

    assert sealing.unseal(sealed, "place") == WORDS
    assert sealing.unseal(sealing.seal(WORDS, "place"), "place") == WORDS
    settings.SEALING_PRIVATE_KEYS = [new]
    with pytest.raises(sealing.Unreadable):
        sealing.unseal(sealed, "place")


def test_a_process_without_a_private_key_seals_and_cannot_open(settings):
    settings.SEALING_PRIVATE_KEYS = []

    sealed = sealing.seal(WORDS, "place")

    assert not sealing.holds_private_key()
    with pytest.raises(sealing.Unreadable):
        sealing.unseal(sealed, "place")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Sam@Example.org", "sam@example.org ", True),
        ("ｓａｍ@example.org", "sam@example.org", True),
        ("STRASSE", "straße", True),
        ("a", "b", False),
    ],
)
def test_the_index_is_the_same_for_every_spelling(one, other, same):
    assert (digests.blind_index("email", one) == digests.blind_index("email", other)) is same
    assert digests.blind_index("email", one) != digests.blind_index("phone", one)


def test_the_index_cannot_be_made_without_its_key(settings):
    before = digests.blind_index("phone", "+12125550123")
    settings.INDEX_KEY = "another"

    assert digests.blind_index("phone", "+12125550123") != before
    assert digests.blind_index("phone", "  ") is None


@pytest.mark.parametrize("text", ["", "é", "AAAA", "=" * 40, "\x00"])
def test_a_value_that_this_site_did_not_lock_is_refused(text):
    with pytest.raises(sealing.Unreadable):
        symmetric.decrypt(text, "sent")


def test_a_locked_value_is_good_for_its_purpose_only():
    locked = symmetric.encrypt({"reference": "K7QD4MRX"}, "sent")

    assert symmetric.decrypt(locked, "sent") == {"reference": "K7QD4MRX"}
    with pytest.raises(sealing.Unreadable):
        symmetric.decrypt(locked, "own")
