import contextlib
import sys
from pathlib import Path

from django.core.management import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError

from detoxsite.core import progress_bar
from detoxsite.core.plain_text import tidy
from testimonials.models import Source, Testimonial

from ...importers import csv_source, google
from ...importers.column_map import ColumnMap, InvalidColumnMap
from ...importers.files import ImportSource
from ...importers.loader import ReviewSite, load
from ...importers.report import ImportReport, Outcome

MAX_SITE_NAME = Testimonial._meta.get_field("source_name").max_length


class Command(BaseCommand):
    help = (
        "Imports reviews from other sites, unpublished: none is shown until the author's consent is on file. The same "
        "file can be imported again without duplicates; an interrupted import continues where it stopped. Pictures and "
        "links are not fetched."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="a file, or a folder or .zip from Google Takeout")
        parser.add_argument("--format", required=True, choices=["google", "csv"])
        parser.add_argument("--map", type=Path, metavar="MAP.toml", help="csv: which column holds which field")
        parser.add_argument("--name", default="", help="csv: the name of the site that the reviews come from")
        parser.add_argument("--dry-run", action="store_true", help="read and report, store nothing")
        parser.add_argument("--report", type=Path, metavar="FILE", help="write the outcome of each row to a CSV file")

    def handle(self, *, file, format, map, name, dry_run, report, **options):
        if not file.exists():
            raise CommandError("The file does not exist.")
        source = ImportSource(file)
        try:
            rows, site = self.read(source, format, map, name)
            with self.open_report(report, file) as stream:
                result = ImportReport(stream)
                batches = load(rows, site, result, is_dry_run=dry_run)
                progress_bar.show_progress((source.percent for _ in batches), 100, "Percent", sys.stderr)
        except InvalidColumnMap as exc:
            raise CommandError(str(exc)) from None
        except (OperationalError, InterfaceError):
            raise CommandError("The database is not responding. Run the command again to continue.") from None
        self.print_summary(result, dry_run)
        if result.unreadable:
            raise CommandError("Some of it could not be read:\n  " + "\n  ".join(result.unreadable[:20]))

    def read(self, source, format, map, name):
        """The rows and the site they come from."""
        if format == "google":
            if map:
                raise CommandError("A column map (--map) is only for CSV.")
            return google.read_rows(source), ReviewSite(Source.GOOGLE, google.SITE_NAME)
        column_map = ColumnMap.read(map) if map else ColumnMap()
        name = " ".join(tidy(name or column_map.source).split())
        if len(name) > MAX_SITE_NAME:
            raise CommandError(f"The name of the site is longer than {MAX_SITE_NAME} characters.")
        return csv_source.read_rows(source, column_map), ReviewSite(Source.OTHER, name)

    @contextlib.contextmanager
    def open_report(self, report, file):
        """The report's stream; None without a report."""
        if report is None:
            yield None
            return
        if report.exists() and report.samefile(file):
            raise CommandError("The report would overwrite the file to import.")
        try:
            stream = report.open("w", encoding="utf-8", newline="")
        except OSError:
            raise CommandError("The report cannot be written there.") from None
        with stream:
            yield stream

    def print_summary(self, report, is_dry_run):
        counts = report.counts
        self.stdout.write("Dry run: nothing was stored." if is_dry_run else "")
        for outcome in Outcome:
            self.stdout.write(f"{outcome.capitalize():<13}{counts[outcome]:>9,}")
        for reason, count in report.reasons.most_common():
            self.stdout.write(f"{count:>22,}  {reason}")
        if report.first_skipped:
            self.stdout.write(f"The first {len(report.first_skipped)} skipped rows (file, line or number: reason):")
        for line in report.first_skipped:
            self.stdout.write(f"  {line}")
        if counts[Outcome.IMPORTED]:
            self.stdout.write("None of them is public. Record each author's consent in the admin before publishing.")
