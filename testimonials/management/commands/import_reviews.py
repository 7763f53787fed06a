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
from ...importers.dates import MixedDates
from ...importers.files import ImportSource
from ...importers.loader import ReviewSite, load
from ...importers.report import ImportReport, Outcome

MAX_SITE_NAME = Testimonial._meta.get_field("source_name").max_length


class Command(BaseCommand):
    help = (
        "Imports reviews from other sites, unpublished: none is shown until the author's consent is on file. The same "
        "file can be imported again without duplicates; an interrupted import continues where it stopped. Pictures and "
        "links are not fetched. It first reads everything and shows what it understood; on a terminal it then asks."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="a file, or a folder or .zip from Google Takeout")
        parser.add_argument("--format", required=True, choices=["google", "csv"])
        parser.add_argument("--map", type=Path, metavar="MAP.toml", help="csv: which column holds which field")
        parser.add_argument("--name", default="", help="csv: the name of the site that the reviews come from")
        parser.add_argument("--dry-run", action="store_true", help="read and report, store nothing")
        parser.add_argument("--no-input", action="store_true", help="do not ask before storing")
        parser.add_argument("--report", type=Path, metavar="FILE", help="write the outcome of each row to a CSV file")

    def handle(self, *, file, format, map, name, dry_run, no_input, report, **options):
        if not file.exists():
            raise CommandError("The file does not exist.")
        source = ImportSource(file)
        try:
            column_map, site = self.understand_site(format, map, name)
            order = self.show_survey(source, column_map) if format == "csv" else None

            def read():
                return (
                    google.read_rows(source) if format == "google" else csv_source.read_rows(source, column_map, order)
                )

            with self.open_report(report, file) as stream:
                result = self.run(source, read(), site, stream if dry_run else None, is_dry_run=True)
                self.print_summary(result, "Dry run: nothing was stored." if dry_run else "What this import will do:")
                if not dry_run and self.is_confirmed(result, no_input):
                    result = self.run(source, read(), site, stream, is_dry_run=False)
                    self.print_summary(result, "Done:")
        except (InvalidColumnMap, MixedDates) as exc:
            raise CommandError(str(exc)) from None
        except (OperationalError, InterfaceError):
            raise CommandError("The database is not responding. Run the command again to continue.") from None
        if result.unreadable:
            raise CommandError("Some of it could not be read:\n  " + "\n  ".join(result.unreadable[:20]))

    def understand_site(self, format, map, name):
        """The column map, and the site that the reviews come from."""
        if format == "google":
            if map:
                raise CommandError("A column map (--map) is only for CSV.")
            return ColumnMap(), ReviewSite(Source.GOOGLE, google.SITE_NAME)
        column_map = ColumnMap.read(map) if map else ColumnMap()
        name = " ".join(tidy(name or column_map.source).split())
        if len(name) > MAX_SITE_NAME:
            raise CommandError(f"The name of the site is longer than {MAX_SITE_NAME} characters.")
        return column_map, ReviewSite(Source.OTHER, name)

    def show_survey(self, source, column_map):
        """Prints which column became which field, and returns the order of the dates."""
        survey = csv_source.survey(source, column_map)
        for line in survey.describe(column_map):
            self.stdout.write(line)
        return survey.dates.order() if not column_map.date_format else None

    def run(self, source, rows, site, stream, *, is_dry_run):
        result = ImportReport(stream)
        batches = load(rows, site, result, is_dry_run=is_dry_run)
        progress_bar.show_progress((source.percent for _ in batches), 100, "Percent", sys.stderr)
        return result

    def is_confirmed(self, result, no_input):
        """Whether to store: asked on a terminal, where there is something to store."""
        is_terminal = sys.stdin is not None and sys.stdin.isatty()
        if no_input or not is_terminal or not (result.counts[Outcome.IMPORTED] or result.counts[Outcome.UPDATED]):
            return True
        with contextlib.suppress(EOFError):
            if input("Import these reviews, unpublished? [y/N] ").strip().casefold() in {"y", "yes"}:
                return True
        self.stdout.write("Nothing was stored.")
        return False

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

    def print_summary(self, report, title):
        counts = report.counts
        self.stdout.write(title)
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
