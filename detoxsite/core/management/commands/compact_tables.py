from django.core.management import BaseCommand, CommandError
from django.db import OperationalError

from ... import compaction


class Command(BaseCommand):
    help = (
        "Rewrites the tables in which something was erased, so that nothing of it is left in their files. "
        "For a maintenance window: each table is locked for the time it takes."
    )

    def add_arguments(self, parser):
        parser.add_argument("--all", action="store_true", help="Also the tables in which nothing was erased since.")
        parser.add_argument("--check", action="store_true", help="Only say which tables are due.")

    def handle(self, **options):
        chosen = [group for group in compaction.groups() if options["all"] or group.is_due()]
        if not chosen:
            self.stdout.write("No compaction is due.")
        failed = []
        for group in chosen:
            if options["check"]:
                self.stdout.write(f"Due: {group.name}")
                continue
            try:
                compaction.compact(group)
            except OperationalError:
                failed.append(group.name)
            else:
                self.stdout.write(f"Compacted: {group.name}")
        if failed:
            raise CommandError(f"In use by others, so not compacted: {', '.join(failed)}. Run the command again.")
