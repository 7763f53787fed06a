import time
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import BaseCommand, CommandError, call_command
from django.db import InterfaceError, OperationalError, connections

from detoxsite.sample import loader

from ... import database_roles, migrating
from ...process_manager import DATABASE_AWAY

TRY_AGAIN_AFTER = 2.0  # seconds


class Command(BaseCommand):
    help = (
        "Collects static files, migrates the database and loads the sample content of a trial, before the site starts. "
        f"Exits with {DATABASE_AWAY} while the database cannot be prepared; with --wait, tries until it can."
    )

    def add_arguments(self, parser):
        parser.add_argument("--wait", action="store_true", help="wait for the database")

    def handle(self, *, wait, **options):
        self.collect_static()
        said = ""
        while True:
            try:
                return self.prepare_database()
            except (OperationalError, InterfaceError) as exc:
                words = f"The database cannot be prepared: {' '.join(str(exc).split())[:300]}"
            finally:
                connections.close_all()
            if not wait:
                raise CommandError(words, returncode=DATABASE_AWAY)
            if words != said:
                self.stderr.write(said := words)
            time.sleep(TRY_AGAIN_AFTER)

    def prepare_database(self):
        """Migrate, and load the sample; two machines that start at once take turns.

        A role that may not migrate, such as that of the public half, waits for the one that does.
        """
        if not database_roles.may_migrate():
            return database_roles.require_migrated()
        with migrating.lock():
            migrating.migrate(say=self.stderr.write)
            if settings.SAMPLE and not loader.has_content():
                self.load_sample()

    def load_sample(self):
        """Load it where that makes sense; a start does not fail for it."""
        if reason := loader.obstacle():
            self.stdout.write(reason)
        else:
            call_command(
                "sample", show_passwords=not settings.HAS_OWN_DATABASE
            )  # a journal is kept, and read by others

    def collect_static(self):
        """Collect and compress the static files if any changed since the last time."""
        stamp, current = Path(settings.STATIC_ROOT) / ".collected", fingerprint()
        if stamp.exists() and stamp.read_text() == current:
            return
        self.stdout.write("Compressing the static files …")
        self.stdout.flush()
        call_command("collectstatic", interactive=False, verbosity=0)  # running processes still serve the old names
        stamp.write_text(current)


def fingerprint() -> str:
    """All static files, one line each, with size and modification time."""
    lines = []
    for finder in get_finders():
        for path, storage in finder.list([]):
            found = Path(storage.path(path)).stat()
            lines.append(f"{path} {found.st_size} {found.st_mtime_ns}")
    return "\n".join(sorted(lines))
