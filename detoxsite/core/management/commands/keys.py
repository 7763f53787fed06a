from django.conf import settings
from django.core.management import BaseCommand, CommandError

from ... import key_checks
from ...encryption import sealing


class Command(BaseCommand):
    help = (
        "Shows the ids of the keys of this process, and whether INDEX_KEY is the one the database was filled with. "
        "Shows no key. What each opens, and where to keep it: docs/keys.md. With --new alone: prints the keys of a new "
        "installation (core/encryption/new_keys.py)."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--accept-index-key",
            action="store_true",
            help="the former INDEX_KEY is lost: use the present one from now on. What the former one made is not found",
        )

    def handle(self, *, accept_index_key, **options):
        self.stdout.write(f"SEALING_PUBLIC_KEY    {sealing.public_key().id.hex()}")
        for text in settings.SEALING_PRIVATE_KEYS:
            self.stdout.write(f"SEALING_PRIVATE_KEYS  {sealing.PrivateKey(sealing.decode_key(text)).public.id.hex()}")
        if accept_index_key:
            key_checks.accept_index_key()
        if not key_checks.is_index_key_right():
            raise CommandError(key_checks.WRONG_INDEX_KEY)
        self.stdout.write(f"INDEX_KEY             {key_checks.index_key_digest().hex()} (fits the database)")
