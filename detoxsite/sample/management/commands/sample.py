import sys

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from ... import bulk_data, loader


class Command(BaseCommand):
    help = (
        "Loads the sample content: an invented center with articles, reviews, requests and one account for each role. "
        "With numbers: adds that many generated articles, reviews and requests, for scale tests. Refuses a database "
        "that has content of its own."
    )

    def add_arguments(self, parser):
        for name in ("articles", "reviews", "calls"):
            parser.add_argument(f"--{name}", type=int, default=0, metavar="N")
        parser.add_argument("--seed", type=int, default=1, help="The same seed makes the same rows.")
        parser.add_argument(
            "--no-passwords",
            action="store_false",
            dest="show_passwords",
            help="make accounts that sign in with a link of the command “staff”, and print no password",
        )

    def handle(self, *, articles, reviews, calls, seed, show_passwords, **options):
        if reason := loader.obstacle():
            raise CommandError(reason)
        if articles or reviews or calls:
            return bulk_data.fill(articles=articles, reviews=reviews, calls=calls, seed=seed, stream=sys.stderr)
        if loader.has_content():
            return
        passwords = loader.load(with_passwords=show_passwords)
        if not show_passwords:
            return self.stdout.write(
                "Sample content is loaded. Sign in with a link: script/manage staff manager@example.org --role manager"
            )
        self.stdout.write(f"Sample content is loaded. Sign in at {settings.STAFF_ORIGIN}/admin/ with (shown once):")
        for email, password in passwords.items():
            self.stdout.write(f"  {email:<28} {password}")
