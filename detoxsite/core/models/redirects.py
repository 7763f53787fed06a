"""Redirects of addresses that are no longer in use, how often they were followed, and addresses asked for in vain."""

from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils import timezone

from ..text_fields import TidyCharField

MAX_PATH, MAX_TARGET = 300, 500  # characters


class Code(models.IntegerChoices):
    """The status codes that old addresses are answered with."""

    MOVED = 301, "301: moved for good"
    MOVED_WITH_FORMS = 308, "308: moved for good, forms sent there too"
    GONE = 410, "410: gone for good"


class Redirect(models.Model):
    """Where visitors to an old address are sent, while no page answers there.

    Written by ``core.redirects`` only, which keeps the table flat: no target is the address of another redirect, so
    that every old address leads to its page in one step.
    """

    class Source(models.TextChoices):
        HAND = "hand", "By hand"
        IMPORT = "import", "Import"
        MOVE = "move", "Page moved"

    path = TidyCharField(
        "old address",
        max_length=MAX_PATH,
        unique=True,
        help_text="On this site, without what follows “?” or “#”, for example /about-us. With or without / at the end.",
    )
    target = TidyCharField(
        "new address",
        max_length=MAX_TARGET,
        blank=True,
        help_text="On this site, for example /about/ or /insurance/#cost. Leave it empty for 410.",
    )
    code = models.PositiveSmallIntegerField("answer", choices=Code, default=Code.MOVED)
    source = models.CharField(max_length=6, choices=Source, default=Source.HAND, editable=False)
    created_at = models.DateTimeField("added", default=timezone.now, editable=False)
    # the target as a ``path``; "" for the home page, as no redirect starts there
    target_path = models.GeneratedField(
        expression=Func(
            Func(
                Func("target", Value("#"), Value(1), function="split_part"), Value("?"), Value(1), function="split_part"
            ),
            Value("/"),
            function="rtrim",
        ),
        output_field=models.CharField(max_length=MAX_TARGET),
        db_persist=True,
    )

    class Meta:
        ordering = ["path"]
        indexes = [models.Index("target_path", name="redirect_target")]
        constraints = [
            models.CheckConstraint(
                name="redirect_path_is_normal",
                condition=Q(path__startswith="/") & ~Q(path__endswith="/") & ~Q(path__regex="[?#]|//"),
            ),
            models.CheckConstraint(
                name="redirect_has_target_unless_gone",
                condition=Q(code=Code.GONE, target="") | (~Q(code=Code.GONE) & ~Q(target="")),
            ),
            models.CheckConstraint(
                name="redirect_target_is_on_site_or_https",
                condition=Q(target="") | Q(target="/") | Q(target__regex=r"^(/[^/\\]|https://)"),
            ),
            models.CheckConstraint(
                name="redirect_sends_forms_to_this_site",
                condition=~Q(code=Code.MOVED_WITH_FORMS) | ~Q(target__startswith="https://"),
            ),
            models.CheckConstraint(name="redirect_not_to_itself", condition=~Q(path=F("target_path"))),
        ]

    def __str__(self):
        return self.path

    @property
    def is_outside(self) -> bool:
        """Whether it leads to another site."""
        return self.target.startswith("https://")


class RedirectHits(models.Model):
    """How often a redirect was followed on one day."""

    redirect = models.ForeignKey(Redirect, models.CASCADE, related_name="hits", db_index=False)
    day = models.DateField(db_index=True)
    n = models.PositiveIntegerField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["redirect", "day"], name="redirect_counted_once_a_day")]

    def __str__(self):
        return f"{self.n} on {self.day}"


class VainAddress(models.Model):
    """How often an address that no page has was asked for on one day."""

    path = models.CharField(max_length=MAX_PATH, editable=False)
    day = models.DateField(db_index=True, editable=False)
    n = models.PositiveIntegerField(editable=False)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["path", "day"], name="vain_address_counted_once_a_day")]

    def __str__(self):
        return self.path
