from pathlib import Path

from django.core.management import BaseCommand, CommandError
from django.db import DatabaseError

from ...backup import archive, encryption, postgres_tools, restore

REFUSALS = (restore.NotRestored, archive.BadBackup, encryption.BadKey, postgres_tools.NoProgram)


class Command(BaseCommand):
    help = (
        "Restores a backup into an empty database and empty folders, and refuses anything else: docs/backup.md. "
        "Everything is restored, or nothing."
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--identity", type=Path, metavar="KEYFILE", help="the private key of age, if it is encrypted"
        )
        parser.add_argument(
            "--ignore-keys", action="store_true", help="restore, although the keys here do not open what is in it"
        )

    def handle(self, *, file, identity, ignore_keys, **options):
        try:
            identities = encryption.read_identities(identity) if identity else ()
            done = restore.restore(file, identities, ignore_keys=ignore_keys)
        except (*REFUSALS, DatabaseError) as exc:
            raise CommandError(f"Nothing was restored. {str(exc).strip()}") from exc
        except restore.NotFinished as exc:
            raise CommandError(str(exc)) from exc
        except OSError as exc:
            raise CommandError(f"Nothing was restored. {exc.filename or file}: {exc.strerror or exc}") from exc
        self.stdout.write(
            f"Restored: everything acknowledged until {done.manifest['received_until']}, by version "
            f"{done.manifest['version']}. {done.opened} sealed rows opened with the keys of this installation."
        )
        if done.failed:
            raise CommandError(f"{done.failed} sealed rows do not open with SEALING_PRIVATE_KEYS: set the former keys.")
        self.stdout.write("Start the site; requests on the disk are imported by the worker. Then run reconcile.")
