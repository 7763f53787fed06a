"""Staff accounts."""

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

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


class User(AbstractUser):
    """A staff account. Readers and people who ask for help never sign in."""

    username = None
    email = models.EmailField(
        "email address", unique=True, error_messages={"unique": "Another account has this address."}
    )

    first_name = TidyCharField("first name", max_length=150, blank=True)
    last_name = TidyCharField("last name", max_length=150, blank=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []

    objects = UserManager()

    class Meta(AbstractUser.Meta):
        constraints = [
            models.UniqueConstraint(
                Lower("email"), name="user_email_once", violation_error_message="Another account has this address."
            )
        ]

    def __str__(self):
        return self.get_full_name() or self.email
