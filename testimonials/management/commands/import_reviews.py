import contextlib
import sys
from pathlib import Path

from django.core.management import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError

from detoxsite.core import progress_bar
from testimonials.models import Source, Testimonial

from ...importers import csv_source, google
from ...importers.files import Source as Files
from ...importers.loader import Origin, store
from ...importers.report import Outcome, Outcomes
from ...text_normalize import tidied

NAME_LENGTH = Testimonial._meta.get_field("source_name").max_length


class Command(BaseCommand):
    help = (
        "Brings in reviews that were written elsewhere, unpublished: none shows before somebody has put on file that "
        "its writer allows it. The same file again brings in nothing twice; after a stop it goes on. Pictures and "
        "links are not fetched."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="a file; a folder or .zip of Google Takeout")
        parser.add_argument("--format", required=True, choices=["google", "csv"])
        parser.add_argument("--map", type=Path, metavar="MAP.toml", help="csv: which column is what")
        parser.add_argument("--name", default="", help="csv: the name of the site they were written on")
        parser.add_argument("--dry-run", action="store_true", help="reads and reports, stores nothing")
        parser.add_argument("--report", type=Path, metavar="FILE", help="writes what became of each row, as CSV")

    def handle(self, *, file, format, map, name, dry_run, report, **options):
        if not file.exists():
            raise CommandError("There is no such file.")
        files = Files(file)
        try:
            items, origin = self.source(files, format, map, name)
            with self.written(report, file) as stream:
                outcomes = Outcomes(stream)
                work = store(items, origin, outcomes, is_trial=dry_run)
                progress_bar.show_progress((files.percent for _ in work), 100, "Percent", sys.stderr)
        except csv_source.NoMap as exc:
            raise CommandError(str(exc)) from None
        except (OperationalError, InterfaceError):
            raise CommandError("The database does not answer. Run the same again: it goes on where it was.") from None
        self.tell(outcomes, dry_run)
        if outcomes.unread:
            raise CommandError("Not everything could be read:\n  " + "\n  ".join(outcomes.unread[:20]))

    def source(self, files, format, map, name):
        """The rows, and where they come from."""
        if format == "google":
            if map:
                raise CommandError("A map (--map) is for tables in CSV.")
            return google.rows(files), Origin(Source.GOOGLE, google.NAME)
        chart = csv_source.Map.of(map) if map else csv_source.Map()
        name = " ".join(tidied(name or chart.source).split())
        if len(name) > NAME_LENGTH:
            raise CommandError(f"The name of the site has more than {NAME_LENGTH} characters.")
        return csv_source.rows(files, chart), Origin(Source.OTHER, name)

    @contextlib.contextmanager
    def written(self, report, file):
        """The report, open; None without one."""
        if report is None:
            yield None
            return
        if report.exists() and report.samefile(file):
            raise CommandError("The report would overwrite the file.")
        try:
            stream = report.open("w", encoding="utf-8", newline="")
        except OSError:
            raise CommandError("The report cannot be written there.") from None
        with stream:
            yield stream

    def tell(self, outcomes, is_trial):
        counts = outcomes.counts
        self.stdout.write("Nothing was stored: this was a dry run." if is_trial else "")
        for outcome in Outcome:
            self.stdout.write(f"{outcome.capitalize():<13}{counts[outcome]:>9,}")
        for reason, count in outcomes.reasons.most_common():
            self.stdout.write(f"{count:>22,}  {reason}")
        if outcomes.first:
            self.stdout.write(f"The first {len(outcomes.first)} that are listed (file, line or number: why):")
        for line in outcomes.first:
            self.stdout.write(f"  {line}")
        if counts[Outcome.IMPORTED]:
            self.stdout.write("None of them shows. Put permission on file in the admin for those who gave it.")
