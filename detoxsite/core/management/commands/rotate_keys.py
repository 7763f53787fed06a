from django.core.management import BaseCommand, CommandError

from ...encryption import key_rotation, sealing


class Command(BaseCommand):
    help = (
        "Seals everything to the newest key, in batches; stopped in the middle, it goes on where it was. Put the new "
        "public key into SEALING_PUBLIC_KEY and its private one first into SEALING_PRIVATE_KEYS before, and leave the "
        "old one in until this says that nothing is left. With --new: prints a pair of keys and changes nothing."
    )

    def add_arguments(self, parser):
        parser.add_argument("--new", action="store_true", help="print a new pair of keys")

    def handle(self, *, new, **options):
        if new:
            private = sealing.new_private_key()
            self.stdout.write(
                f"SEALING_PUBLIC_KEY={sealing.derive_public_key(private)}\nSEALING_PRIVATE_KEYS={private}"
            )
            return
        if not sealing.holds_private_key():
            raise CommandError("No private key is held here: run this where DETOX_SITES has staff.")
        for label, done in key_rotation.rotate():
            self.stdout.write(f"{label}: {done} sealed anew")
        left = key_rotation.count_remaining()
        if left:
            raise CommandError(f"{left} cannot be opened with any key that is held here, or wait on the disk.")
        self.stdout.write("Everything is sealed to the newest key. The old ones may go.")
