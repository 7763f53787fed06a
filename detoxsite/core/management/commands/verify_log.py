from django.core.management import BaseCommand, CommandError

from ...access_log import chain


class Command(BaseCommand):
    help = "Proves that no entry of the access log was removed or changed; exits with 1 and the first gap otherwise."

    def add_arguments(self, parser):
        parser.add_argument(
            "--head", nargs=2, metavar=("NUMBER", "HASH"), help="an entry of an earlier time, from a weekly report"
        )

    def handle(self, *, head, **options):
        known = ()
        if head:
            known = (chain.Head.parse(" ".join(head)),)
            if None in known:
                raise CommandError("--head takes the number and the hash of an entry, as a report names them.")
        gap = chain.first_gap(known)
        if gap is not None:
            raise CommandError(f"The access log is not whole: entry {gap} was removed or changed.")
        newest = chain.head()
        self.stdout.write(
            f"The access log is whole: {newest.number} entries." if newest else "The access log is empty."
        )
        if newest:
            self.stdout.write(f"Newest entry: {newest}")
        if restored := chain.restored_head():
            self.stdout.write(f"It was restored, and ended where the backup said: at entry {restored.number}.")
