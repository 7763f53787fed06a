"""Filters that a member of staff saved for a list of the admin."""

from django.conf import settings
from django.db import models

from ..text_fields import TidyCharField

MAX_NAME, MAX_QUERY = 40, 500  # characters


class SavedFilter(models.Model):
    """A named choice of the filters and the order of one list. Goes with the account."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    model = models.CharField(max_length=80, editable=False)  # whose list: "articles.edition"
    name = TidyCharField("name", max_length=MAX_NAME)
    query = models.CharField(max_length=MAX_QUERY, editable=False)  # as adminkit.list_filters.kept_query gives it
    position = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        default_permissions = ()
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["user", "model", "name"], name="saved_filter_name_unique")]

    def __str__(self):
        return self.name
