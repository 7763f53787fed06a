"""Staff accounts."""

import pgtrigger
from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac

from ..public_changes import changes_of
from ..text_fields import TidyCharField


class UserManager(BaseUserManager):
    def create_user(self, email, password=None, **extra):
        user = self.model(email=self.normalize_email(email), **extra)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, email, password=None, **extra):
        return self.create_user(email, password, is_staff=True, is_superuser=True, **extra)

    def get_by_natural_key(self, email):
        return self.get(email__iexact=email)

    def find(self, email):
        """The account with this email address, ignoring case, or None."""
        return self.filter(email__iexact=email).first()


class User(AbstractUser):
    """A staff account. Readers and people who ask for help never sign in."""

    username = None
    email = models.EmailField(
        "email address", unique=True, error_messages={"unique": "Another account has this address."}
    )

    first_name = TidyCharField("first name", max_length=150, blank=True)
    last_name = TidyCharField("last name", max_length=150, blank=True)
    session_version = models.PositiveIntegerField(
        default=0,
        editable=False,
        help_text="Raised when the account is disabled or enabled, or signed out everywhere; ends its sessions.",
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []

    objects = UserManager()

    class Meta(AbstractUser.Meta):
        constraints = [
            models.UniqueConstraint(
                Lower("email"), name="user_email_once", violation_error_message="Another account has this address."
            )
        ]
        triggers = [
            pgtrigger.Trigger(
                name="ends_sessions",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    NEW.session_version = GREATEST(OLD.session_version, NEW.session_version) + (
                        (OLD.is_active, OLD.is_staff) IS DISTINCT FROM (NEW.is_active, NEW.is_staff)
                    )::int;
                    RETURN NEW;
                """,
            ),
            *changes_of("on_call", "id", where="is_active", new_rows=False),  # the shifts of those who have left
        ]

    def __str__(self):
        return self.get_full_name() or self.email

    def _get_session_auth_hash(self, secret=None):
        """Tie a session to the account. Django's own value returns once a disabled account is enabled again."""
        value = f"{self.password}:{self.session_version}"
        return salted_hmac("detoxsite.core.User.session", value, secret=secret, algorithm="sha256").hexdigest()
