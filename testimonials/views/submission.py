"""Writing a review, from the form to "check your email"."""

from django.db import DatabaseError, InterfaceError
from django.shortcuts import render
from django.urls import reverse_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from detoxsite.core import site_profile
from detoxsite.core.page_metadata import Page
from detoxsite.core.public_forms.rate_limit import RateLimit, client_address, client_network
from detoxsite.core.public_forms.views import NotStored, PublicFormView, Redisplay

from .. import (
    crisis_notice,
    pending_photos,
    privacy_check,
)
from ..forms import DISPLAY_PARTS, TestimonialForm
from ..models import PURPOSES
from ..services import submission

submission_limit = RateLimit(
    "reviews", window=600.0, max_hits=20
)  # from one address; each sends an email, perhaps to a stranger


def join_text_hashes(texts: dict) -> str:
    """The hashes of the consent texts beside the boxes, as the form's token carries them."""
    return ".".join(texts[part]["sha256"] for part, _ in DISPLAY_PARTS)


def split_text_hashes(joined: str) -> dict[str, str]:
    """The same, by part; a forged or lost hash is no text's, and the newest text counts."""
    return dict(zip((part for part, _ in DISPLAY_PARTS), joined.split("."), strict=False))


class PrivacyCheckedFormView(PublicFormView):
    """A form with a review's words. Before they are stored, the author has seen what they reveal."""

    privacy_check_template = "testimonials/privacy_check.html"

    def consent_texts(self) -> dict:
        texts = site_profile.current().consent_texts
        return {part: texts[purpose] for part, purpose in PURPOSES.items()}

    def details_seen_before(self, key: str) -> list[privacy_check.IdentifyingDetail]:
        """Details that this author was shown, and left in, before this form."""
        return []

    def check_privacy(self, form):
        """Raise Redisplay with the page "before you send", unless there is no detail that the author has not seen."""
        cleaned, post = form.cleaned_data, self.request.POST
        words, name, key = cleaned["words"], cleaned["shown_name"], cleaned["key"]
        if "edit_answers" in post:
            raise Redisplay(200)
        shows_name = "name" in cleaned["allow"]
        details = privacy_check.find_details(words, name if shows_name else "", key=key)
        seen = [str(cleaned["seen_details"] or ""), *(detail.fingerprint for detail in self.details_seen_before(key))]
        if "privacy_action" not in post and privacy_check.were_shown(details, " ".join(seen)):
            return
        if "privacy_action" in post:
            words, name = privacy_check.remove_details(words, name, details, post["privacy_action"])
            details = privacy_check.find_details(words, name if shows_name else "", key=key)
        self.show_privacy_check(form, words, name, key, details)

    def show_privacy_check(self, form, words, name, key, details):
        data = form.data.copy()
        data["words"], data["shown_name"], data["key"] = words, name, key
        data["seen_details"] = " ".join(detail.fingerprint for detail in details)
        self.template_name = self.privacy_check_template
        raise Redisplay(
            200,
            form=self.get_form_class()(**{**self.get_form_kwargs(), "data": data, "files": None}),
            details=details,
            shows_name=any(detail.is_name for detail in details),
            **crisis_notice.crisis_context(words),
        )

    def token_context(self):
        """The consent texts beside the boxes. The privacy check shows none: there the ones that were read go on."""
        if self.template_name == self.privacy_check_template:
            return self.token.context
        return join_text_hashes(self.consent_texts())

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        form, texts = context["form"], self.consent_texts()
        context["display_consents"] = [(box, texts[box.data["value"]]["body"]) for box in form["allow"]]
        return context


class TestimonialFormView(PrivacyCheckedFormView):
    form_class = TestimonialForm
    template_name = "testimonials/testimonial_form.html"
    success_url = reverse_lazy("testimonials:sent")
    areas = ("center",)
    photo = None

    def get_page(self, *, error):
        return Page(
            "Write a review",
            "Write about your time here. You choose what is shown, and you can have it taken down at any time.",
            section="reviews",
            neutral=True,
            error=error,
        )

    def hold_files(self, form):
        """Hold the photo that was just chosen, or find the one that is held."""
        form.full_clean()
        cleaned, form.data = form.cleaned_data, form.data.copy()
        try:
            self.find_photo(cleaned)
        except pending_photos.TooManyPhotos:
            message = "We got many photos from your connection. Wait ten minutes, or send your words alone."
            form.add_error("photo", message)
        except pending_photos.NoSuchPhoto:
            message = "We no longer have the photo you chose. Choose it again, or send your words alone."
            form.add_error("photo", message)
        except (DatabaseError, InterfaceError) as exc:
            raise NotStored from exc
        form.data["held_photo"] = pending_photos.signed_id(self.photo) if self.photo else ""
        form.data.pop("without_photo", None)

    def find_photo(self, cleaned):
        if cleaned.get("photo"):
            address = client_address(self.request)
            self.photo = pending_photos.hold(cleaned["photo"], key=cleaned["key"], address=address)
        elif cleaned.get("held_photo"):
            self.photo = pending_photos.find_held(str(cleaned["held_photo"]), key=cleaned["key"])
            if cleaned.get("without_photo"):
                pending_photos.discard(self.photo)
                self.photo = None

    def store(self, form):
        self.check_privacy(form)
        if submission_limit.hit(client_address(self.request)):
            message = "We got many reviews from your connection. Wait ten minutes, then press the button again."
            form.add_error("email", message)
            raise Redisplay(429)
        cleaned = form.cleaned_data
        try:
            submission.submit(
                key=cleaned["key"],
                words=cleaned["words"],
                name=cleaned["shown_name"],
                email=cleaned["email"],
                relationship=cleaned["tie"],
                stars=cleaned["stars"],
                allow=cleaned["allow"],
                photo=self.photo,
                texts=split_text_hashes(self.token.context),
                network=client_network(self.request),
            )
        except (DatabaseError, InterfaceError) as exc:
            raise NotStored from exc
        return cleaned["words"]

    def prepare_redirect(self, response, words):
        crisis_notice.leave_notice(response, self.request, words)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(has_photo=self.photo is not None, **kwargs)
        is_refused = "photo" in context["form"].errors
        return context | {"had_file": bool(self.request.FILES) and self.photo is None and not is_refused}


@never_cache
@require_safe
def sent(request):
    """The same page for every address, known to us or not; with crisis steps where the words described danger."""
    page = Page("Thank you", "What happens next.", section="reviews", neutral=True, index=False)
    return render(request, "testimonials/sent.html", {"page": page, **crisis_notice.read_notice(request)})
