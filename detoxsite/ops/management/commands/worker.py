from django.core.management import BaseCommand

from ...worker import Worker


class Command(BaseCommand):
    help = (
        "Runs the scheduled jobs until it gets SIGINT or SIGTERM. Start one or more on each machine that serves pages."
    )

    def handle(self, **options):
        worker = Worker()
        worker.stop_on_signals()
        worker.run()
