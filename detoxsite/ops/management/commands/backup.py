from pathlib import Path

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.db import DatabaseError

from ...backup import archive, create, encryption, last_backup, restore


class Command(BaseCommand):
    help = (
        "Writes database, media, spool and journal to FILE while the site runs. Every request acknowledged before the "
        "printed moment is in it. Holds no keys: docs/keys.md. With --verify: reads FILE and checks every checksum."
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--recipient",
            action="append",
            metavar="age1…",
            help="encrypt to this public key of age; may be repeated. By default: BACKUP_RECIPIENTS",
        )
        parser.add_argument("--verify", action="store_true", help="only check FILE")
        parser.add_argument("--identity", type=Path, metavar="KEYFILE", help="to verify what is encrypted")

    def handle(self, *, file, recipient, verify, identity, **options):
        try:
            if verify:
                return self._verify(file, identity)
            recipients = [encryption.parse_recipient(text) for text in recipient or settings.BACKUP_RECIPIENTS]
            made = create.create(file, recipients)
            last_backup.save(made.received_until, made.size)
        except (create.BackupFailed, archive.BadBackup, archive.BadName, encryption.BadKey, DatabaseError) as exc:
            raise CommandError(str(exc).strip()) from exc
        except OSError as exc:
            raise CommandError(f"{file}: {exc.strerror or exc}") from exc
        self.stdout.write(
            f"{file}: {made.size} bytes, {len(made.manifest['members'])} files, "
            f"{'encrypted' if recipients else 'NOT encrypted'}, with everything acknowledged until "
            f"{made.received_until:%Y-%m-%dT%H:%M:%SZ} (sha256 {made.sha256})"
        )

    def _verify(self, file, identity):
        found = restore.verify(file, encryption.read_identities(identity) if identity else ())
        self.stdout.write(
            f"{file}: whole. {len(found.manifest['members'])} files of version {found.manifest['version']}, "
            f"with everything acknowledged until {found.manifest['received_until']}"
        )
