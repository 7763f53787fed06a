import sys

from django.core.management import BaseCommand

from ...assurance import reconciliation


class Command(BaseCommand):
    help = "Proves that every acknowledged call for help is stored, was alerted and was claimed."

    def handle(self, **options):
        result = reconciliation.reconcile()
        reconciliation.save_result(result)
        self.stdout.write(f"{result.acknowledged} acknowledged in 30 days, {result.stored} stored.")
        for fault, references in result.faults():
            self.stdout.write(f"{len(references)} {fault}:")
            for reference in references:
                self.stdout.write(f"  {reference}")
        if not result.is_complete:
            sys.exit(1)
        self.stdout.write("Nothing is missing.")
