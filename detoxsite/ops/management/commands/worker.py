from django.core.management import BaseCommand

from ...worker import Worker


class Command(BaseCommand):
    help = "Carries out background tasks until told to stop. Run one or more; each takes over from one that died."

    def handle(self, **options):
        worker = Worker()
        worker.configure_signals()
        worker.run()
