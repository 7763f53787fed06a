import os

from django.conf import settings
from django.core.management import BaseCommand

from detoxsite.core.postgresql import connection_pool

from ...worker import Worker

NICENESS = 5  # while all cores are busy, a web process gets three times as much; an alert still takes seconds


class Command(BaseCommand):
    help = (
        "Runs the scheduled jobs until it gets SIGINT or SIGTERM. Start one or more on each machine that serves pages."
    )

    def handle(self, **options):
        os.nice(NICENESS)
        connection_pool.start(settings.DATABASE_CONNECTIONS)
        worker = Worker()
        worker.stop_on_signals()
        worker.run()
