"""The staff roster, which the detector of personal information uses, and the emails to authors without addresses."""

from django.contrib import admin

from detoxsite.core.adminkit.model_admin import BoundedPaginator, ReadOnlyModelAdmin, StaffModelAdmin

from ..models import OutgoingEmail, StaffName


@admin.register(StaffName)
class StaffNameAdmin(StaffModelAdmin):
    """Managers edit it, moderators see it."""

    empty_text = "Names of people who work here, so that moderators see whom a review names."
    list_display = ["name", "nicknames", "role", "may_be_named"]
    list_filter = ["may_be_named"]
    search_fields = ["name", "nicknames"]
    search_help_text = "A name, or what patients call them"


@admin.register(OutgoingEmail)
class OutgoingEmailAdmin(ReadOnlyModelAdmin):
    list_title = "Emails to authors"
    empty_text = "Emails to authors of reviews are listed here: that they were sent, not what they say."
    list_display = ["kind", "state", "made_at", "sent_at", "tries", "problem"]
    list_filter = ["state", "kind"]
    ordering = ["-made_at", "pk"]
    sortable_by = ()
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    paginator = BoundedPaginator
    actions = None
    fieldsets = [(None, {"fields": ["kind", "state", "made_at", "sent_at", "tries", "problem"]})]
