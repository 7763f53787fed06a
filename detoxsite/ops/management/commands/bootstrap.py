import io
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import BaseCommand, call_command

from ... import database_roles


class Command(BaseCommand):
    help = "Migrates the database, collects static files and loads the sample content, before the site starts."

    def handle(self, **options):
        self.migrate()
        self.collect_static()
        if settings.SAMPLE:
            call_command("sample")

    def migrate(self):
        if not database_roles.may_migrate():
            return database_roles.require_migrated()
        call_command("migrate", interactive=False, verbosity=0, skip_checks=False)
        if settings.PUBLIC_DATABASE_ROLE:
            call_command("database_roles", stdout=io.StringIO())

    def collect_static(self):
        """Collect and compress the static files if any changed since the last time."""
        stamp, current = Path(settings.STATIC_ROOT) / ".collected", fingerprint()
        if stamp.exists() and stamp.read_text() == current:
            return
        self.stdout.write("Compressing the static files …")
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
