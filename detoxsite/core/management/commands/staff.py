from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.management import BaseCommand, CommandError
from django.core.validators import validate_email

from ... import accounts, roles


class Command(BaseCommand):
    help = (
        "Makes a staff account in a role, or adds the role to one, and prints a one-time link (24 h) to sign in with."
    )

    def add_arguments(self, parser):
        parser.add_argument("email")
        parser.add_argument("--role", required=True, choices=sorted(roles.ROLES))

    def handle(self, *, email, role, **options):
        try:
            validate_email(email)
        except ValidationError:
            raise CommandError(f"{email!r} is not an e-mail address.") from None
        user = accounts.find_account(email) or get_user_model().objects.create_user(email, is_staff=True)
        user.groups.add(Group.objects.get(name=role))
        self.stdout.write(settings.STAFF_ORIGIN + accounts.sign_in_path(user))
