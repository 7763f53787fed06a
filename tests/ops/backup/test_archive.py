"""The file of a backup: damaged, cut, foreign and hostile ones are refused in words."""

import base64
import io
import tarfile

import pyrage
import pytest

from detoxsite.ops.backup import archive, encryption, restore
from detoxsite.ops.backup.archive import ArchiveWriter, BadBackup, BadName

IDENTITY, OTHER = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
MEMBERS = {
    "database/00000": b"a dump",
    "media/pictures/Zoë's room.jpg": b"\xff\xd8" * 700,
    "calls/spool/1-2.json": b"{}",
}
BY_PASSPHRASE = "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHNjcnlwdCBGVDdQa3dFTGZjTlVqa2Npckk4UWJRIDE5CkVoSFU5Y2pkRlM3YjFMVzlqTlJtWExSMXJScm9HMGhyNFcvd1FZSzJlZU0KLS0tIGpZY1M5aXd5M1R1YmN1RUNpM0JjRlZGQ0JzbnI5RSt4YmI0dFUrTG5XNk0KbC1jWkyE0+e3r3etIxuffLBgnxE2ouiJ63px7Dbqb1PRHeNPhw=="  # noqa: E501


def small_backup(recipients=()) -> bytes:
    file = io.BytesIO()
    with encryption.encrypting(file, recipients) as target, ArchiveWriter(target, {"kind": "detoxsite"}) as writer:
        for name, content in MEMBERS.items():
            writer.add_bytes(name, content, 1_700_000_000.123)
        writer.finish({"more": 1})
    return file.getvalue()


def read(content: bytes, identities=()) -> dict[str, bytes]:
    found = {}

    class Kept(io.BytesIO):
        def close(self):
            found[self.name] = self.getvalue()

    def keep(name, mtime):
        kept = Kept()
        kept.name = name
        return kept

    with encryption.decrypting(io.BytesIO(content), identities) as source:
        archive.read(source, keep)
    return found


def test_what_was_written_is_read():
    assert read(small_backup()) == MEMBERS
    assert read(small_backup([IDENTITY.to_public()]), [OTHER, IDENTITY]) == MEMBERS


def test_any_tar_lists_it():
    with tarfile.open(fileobj=io.BytesIO(small_backup())) as tar:
        assert tar.getnames() == [archive.HEADER, *MEMBERS, archive.MANIFEST]


@pytest.mark.parametrize("recipients", [[], [IDENTITY.to_public()]], ids=["plain", "encrypted"])
def test_one_changed_byte_anywhere_is_noticed(recipients):
    whole = small_backup(recipients)
    for position in [*range(0, len(whole), 37), len(whole) - 1]:
        damaged = bytearray(whole)
        damaged[position] ^= 1
        with pytest.raises((BadBackup, encryption.BadKey)):
            read(bytes(damaged), [IDENTITY])


@pytest.mark.parametrize("recipients", [[], [IDENTITY.to_public()]], ids=["plain", "encrypted"])
def test_a_missing_end_is_noticed(recipients):
    whole = small_backup(recipients)
    for length in (0, 1, 511, 512, 3000, len(whole) - 73, len(whole) - 1):
        with pytest.raises((BadBackup, encryption.BadKey)):
            read(whole[:length], [IDENTITY])


@pytest.mark.parametrize(
    "content",
    [b"", b"hello", b"PK\x03\x04" + bytes(3000), b"PGDMP" + bytes(9000), bytes(20_000), b"\x1f\x8b" + bytes(600)],
    ids=["empty", "text", "zip", "dump", "zeros", "gzip"],
)
def test_a_foreign_file_is_refused(content):
    with pytest.raises(BadBackup):
        read(content)


def test_another_key_is_told_from_damage():
    with pytest.raises(encryption.BadKey, match="encrypted to another one"):
        read(small_backup([IDENTITY.to_public()]), [OTHER])
    with pytest.raises(encryption.BadKey, match="--identity"):
        read(small_backup([IDENTITY.to_public()]))
    with pytest.raises(encryption.BadKey, match="encrypted to another one"):
        read(base64.b64decode(BY_PASSPHRASE), [IDENTITY])


# --- hostile: a valid checksum proves nothing about who wrote it ------------------------------------------------------


def forged(*members: tarfile.TarInfo) -> bytes:
    """A backup with these members and every checksum right."""
    file = io.BytesIO()
    with ArchiveWriter(file, {}) as writer:
        for info in members:
            writer._tar.addfile(info, io.BytesIO(bytes(info.size)))
            writer.members[info.name] = {"size": 0, "sha256": archive._Hashing(io.BytesIO()).facts()["sha256"]}
        writer.finish({})
    return file.getvalue()


def member(name, type=tarfile.REGTYPE, linkname=""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = type, linkname
    return info


@pytest.mark.parametrize(
    "info",
    [
        member("../../etc/cron.d/x"),
        member("/etc/passwd"),
        member("media/../../x"),
        member("media/./x"),
        member("media//x"),
        member("media/a\\..\\x"),
        member("media/a\nb"),
        member("calls/acknowledged/../../keys/secret_key"),
        member("keys/secret_key"),
        member("database/00000x"),
        member("media/link", tarfile.SYMTYPE, "/etc/passwd"),
        member("media/link", tarfile.LNKTYPE, "media/other"),
        member("media/device", tarfile.CHRTYPE),
        member("media/folder", tarfile.DIRTYPE),
    ],
    ids=lambda info: ascii(info.name),
)
def test_a_member_that_leads_elsewhere_is_refused(info):
    with pytest.raises(BadBackup, match="does not belong there"):
        read(forged(info))


def test_a_member_twice_is_refused():
    with pytest.raises(BadBackup, match="a member too many"):
        read(forged(member("media/x"), member("media/x")))


def test_a_member_that_the_manifest_does_not_list_is_refused():
    file = io.BytesIO()
    with ArchiveWriter(file, {}) as writer:
        writer.add_bytes("media/x", b"x")
        del writer.members["media/x"]
        writer.finish({})

    with pytest.raises(BadBackup, match="not those that its manifest lists"):
        read(file.getvalue())


def test_a_format_of_the_future_is_refused(monkeypatch):
    monkeypatch.setattr(archive, "FORMAT", 2)
    future = small_backup()
    monkeypatch.undo()

    with pytest.raises(BadBackup, match="Use the version that made it"):
        read(future)


def test_a_tar_of_another_program_with_our_header_is_refused(tmp_path):
    (tmp_path / "backup").write_bytes(small_backup())

    with pytest.raises(BadBackup, match="not a backup of Detoxsite"):
        restore.verify(tmp_path / "backup")


def test_a_name_that_could_not_be_restored_is_refused_when_it_is_written():
    with pytest.raises(BadName, match="media/a"), ArchiveWriter(io.BytesIO(), {}) as writer:
        writer.add_bytes("media/a\nb", b"")


# --- keys of age -----------------------------------------------------------------------------------------------------


def test_keys_are_read_as_age_keygen_writes_them(tmp_path):
    (tmp_path / "key").write_text(f"# created: today\n{IDENTITY}\n\n")
    [identity] = encryption.read_identities(tmp_path / "key")

    assert str(identity) == str(IDENTITY)
    assert str(encryption.parse_recipient(f" {IDENTITY.to_public()}\n")) == str(IDENTITY.to_public())


@pytest.mark.parametrize("text", ["", "age1", "AGE-SECRET-KEY-1", "hello"])
def test_what_is_no_key_is_refused_in_words(tmp_path, text):
    (tmp_path / "key").write_text(text)

    with pytest.raises(encryption.BadKey, match="not a public key of age"):
        encryption.parse_recipient(text)
    with pytest.raises(encryption.BadKey, match="holds no private key of age"):
        encryption.read_identities(tmp_path / "key")


def test_a_private_key_given_as_the_public_one_is_not_repeated(tmp_path):
    with pytest.raises(encryption.BadKey) as refused:
        encryption.parse_recipient(str(IDENTITY))
    assert str(IDENTITY)[:20] not in str(refused.value)


def test_a_full_disk_is_told():
    class Full(io.BytesIO):
        def write(self, content):
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"), encryption.encrypting(Full(), [IDENTITY.to_public()]) as target:
        target.write(bytes(10_000_000))
