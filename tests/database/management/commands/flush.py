"""``flush`` as tests with real transactions call it: the initial rows again, and no others."""

from django.core.management.commands import flush
from django.db import connections


class Command(flush.Command):
    def handle(self, **options):
        with connections[options["database"]].cursor() as cursor:
            cursor.execute("SELECT initial.restore()")
