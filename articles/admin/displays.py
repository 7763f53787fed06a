"""What the page of an edition shows and nobody edits there: status and links, all editions, the signature."""

from django.contrib import admin
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join

from .. import services
from ..models import Edition


class EditionDisplays:
    """For the ModelAdmin of editions."""

    @admin.display(description="address")
    def address(self, edition):
        return edition.get_absolute_url()

    @admin.display(description="status")
    def status(self, edition):
        links = (
            *(("Preview", "preview"), ("Compare editions", "compare")),
            *(("View as of a date", "as_of_date"), ("Versions", "versions")),
        )
        return format_html(
            "Edition {} (reference {}), {}<br>{}",
            *(edition.number, edition.reference, f"{edition.status_text}{_for_whom(edition)}"),
            format_html_join(
                " · ",
                '<a href="{}" target="_blank">{}</a>',
                [(reverse(f"admin:articles_edition_{name}", args=[edition.pk]), label) for label, name in links],
            ),
        )

    def details(self, edition) -> dict:
        """What the page of a draft says of it beside the text."""
        words = len(edition.text.split())
        return {"status": self.status(edition), "editions": self.editions(edition), "words": words}

    @admin.display(description="editions")
    def editions(self, edition):
        """All editions of the article, newest first, and which one is live."""
        stored = edition.article.editions.order_by("-number")
        rows = (
            (
                reverse("admin:articles_edition_change", args=[one.pk]),
                one.number,
                one.status_text,
                ", live" if one.pk == edition.article.live_edition_id else "",
            )
            for one in stored.only("article", "number", "state", "publish_at", "note", "archived_at")
        )
        return format_html("<ul>{}</ul>", format_html_join("", '<li><a href="{}">Edition {}</a>, {}{}</li>', rows))

    @admin.display(description="signed off")
    def signature(self, edition):
        """Who signed off and when, and whether the stored content is still exactly what was signed."""
        if not edition.fingerprint:
            proof = "Signed before fingerprints were kept."
        elif services.is_as_signed(edition):
            proof = "✓ The stored text is exactly what was signed."
        else:
            proof = format_html(
                '<b class="text-error">{}</b>', "✗ The stored text is NOT what was signed. Tell the manager."
            )
        return format_html(
            'By {} ({}), {}<br>{}<br><small class="quiet">Fingerprint {}</small>',
            edition.signed_as or edition.reviewer,
            edition.signed_off_by,
            date_format(timezone.localtime(edition.signed_off_at), "M j, Y, g:i A"),
            *(proof, edition.fingerprint or "none"),
        )


def _for_whom(edition: Edition) -> str:
    return f", for {edition.asked_to_sign}" if edition.asked_to_sign else ""
