import sys

from django.core.management import BaseCommand

from ...assurance import reconciliation


class Command(BaseCommand):
    help = "Proves that every acknowledged call for help is stored, was alerted and was claimed."

    def handle(self, **options):
        result = reconciliation.reconcile()
        self.stdout.write(f"{result.acknowledged} acknowledged in 30 days, {result.stored} stored.")
        for fault, references in result.faults():
            self.stdout.write(f"{len(references)} {fault}:")
            for reference in references:
                self.stdout.write(f"  {reference}")
        for sentence in result.unknowns():
            self.stdout.write(sentence)
        try:
            reconciliation.save_result(result)
        except OSError as exc:
            self.stderr.write(f"The result could not be saved for /readyz: {exc.strerror}")
        if not result.is_complete:
            sys.exit(1)
        known = " that the journal knows of" if any(result.unknowns()) else ""
        self.stdout.write(f"Nothing is missing{known}.")
