from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.management import BaseCommand, CommandError
from django.core.validators import validate_email

from ... import accounts, roles


class Command(BaseCommand):
    help = (
        "Creates a staff account with a role, or adds the role to an existing one and enables it, and prints a "
        "one-time sign-in link (valid 24 hours)."
    )

    def add_arguments(self, parser):
        parser.add_argument("email")
        parser.add_argument("--role", required=True, choices=sorted(roles.ROLES))
        parser.add_argument(
            "--reset-second-factor",
            action="store_true",
            help="removes the second factor and the password, where no two managers are left who could",
        )

    def handle(self, *, email, role, reset_second_factor, **options):
        try:
            validate_email(email)
        except ValidationError:
            raise CommandError(f"{email!r} is not an email address.") from None
        users = get_user_model().objects
        user = users.find(email) or users.create_user(email, is_staff=True)
        if not (user.is_active and user.is_staff):
            user.is_active = user.is_staff = True
            user.save(update_fields=["is_active", "is_staff"])
            user.refresh_from_db()  # its new session_version
            self.stderr.write("This account was disabled. It is enabled again; its old sessions and links stay closed.")
        if reset_second_factor:
            accounts.reset_second_factor(user)
        user.groups.add(Group.objects.get(name=role))
        self.stdout.write(settings.STAFF_ORIGIN + accounts.sign_in_path(user))
