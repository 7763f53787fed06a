from django.core.management import BaseCommand, CommandError

from ...encryption import key_rotation, new_keys, sealing


class Command(BaseCommand):
    help = (
        "Seals everything to the newest key, in batches; if interrupted, run it again. Before that, put the new public "
        "key into SEALING_PUBLIC_KEY and its private key first into SEALING_PRIVATE_KEYS. Keep the old private key "
        "until this command reports that nothing is left. With --new: prints a new pair of keys and changes nothing."
    )

    def add_arguments(self, parser):
        parser.add_argument("--new", action="store_true", help="print a new pair of keys")

    def handle(self, *, new, **options):
        if new:
            self.stdout.write(new_keys.sealing_pair())
            return
        if not sealing.holds_private_key():
            raise CommandError("This process holds no private key: run it where DETOX_SITES includes staff.")
        for label, done in key_rotation.rotate():
            self.stdout.write(f"{label}: {done} sealed")
        remaining = key_rotation.count_remaining()
        if remaining:
            raise CommandError(f"{remaining} cannot be opened with any key of this process, or are still in the spool.")
        self.stdout.write("Everything is sealed to the newest key. You can remove the old ones.")
