from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import BaseCommand, call_command


class Command(BaseCommand):
    help = "Brings the database and the static files up to date before the site starts; loads the sample content."

    def handle(self, **options):
        call_command("migrate", interactive=False, verbosity=0, skip_checks=False)
        self.collect_static()
        if settings.SAMPLE:
            call_command("sample")

    def collect_static(self):
        """Collect and compress the static files, unless none of them changed since the last time."""
        stamp, wanted = Path(settings.STATIC_ROOT) / ".collected", fingerprint()
        if stamp.exists() and stamp.read_text() == wanted:
            return
        self.stdout.write("Compressing the static files …")
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        stamp.write_text(wanted)


def fingerprint() -> str:
    """Which static files there are: a line for each, with its size and the moment it was written."""
    lines = []
    for finder in get_finders():
        for path, storage in finder.list([]):
            found = Path(storage.path(path)).stat()
            lines.append(f"{path} {found.st_size} {found.st_mtime_ns}")
    return "\n".join(sorted(lines))
