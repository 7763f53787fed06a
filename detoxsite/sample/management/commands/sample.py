import sys

from django.core.management import BaseCommand

from ... import bulk_data, loader


class Command(BaseCommand):
    help = (
        "Loads the sample content: an invented center with articles, reviews, requests and one account for each role. "
        "With numbers: adds that many generated articles, reviews and requests, for scale tests."
    )

    def add_arguments(self, parser):
        for name in ("articles", "reviews", "calls"):
            parser.add_argument(f"--{name}", type=int, default=0, metavar="N")
        parser.add_argument("--seed", type=int, default=1, help="The same seed makes the same rows.")

    def handle(self, *, articles, reviews, calls, seed, **options):
        if articles or reviews or calls:
            return bulk_data.fill(articles=articles, reviews=reviews, calls=calls, seed=seed, stream=sys.stderr)
        if loader.has_content():
            return
        passwords = loader.load()
        self.stdout.write("Sample content is loaded. Sign in at /admin/ with (shown once):")
        for email, password in passwords.items():
            self.stdout.write(f"  {email:<28} {password}")
