import sys

from django.core.management import BaseCommand

from ...assurance import reconciliation


class Command(BaseCommand):
    help = "Proves that every call for help that was acknowledged is stored, was alerted and was taken up."

    def handle(self, **options):
        found = reconciliation.reconcile()
        reconciliation.keep(found)
        self.stdout.write(f"{found.acknowledged} acknowledged in 30 days, {found.stored} stored.")
        for words, references in found.faults():
            self.stdout.write(f"{len(references)} {words}:")
            for reference in references:
                self.stdout.write(f"  {reference}")
        if not found.holds:
            sys.exit(1)
        self.stdout.write("Nothing is missing.")
