"""Writing a review, from the form to "look in your mail"."""

from django.db import DatabaseError, InterfaceError
from django.shortcuts import render
from django.urls import reverse_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from detoxsite.core import site_profile
from detoxsite.core.page_metadata import Page
from detoxsite.core.public_forms.forms import NotDone, NotStored, VisitorFormView
from detoxsite.core.public_forms.rate_limit import RateLimit
from detoxsite.core.safety import crisis_steps, risk_signs

from .. import (
    crisis_notice,
    pending_photos,
    privacy_check,
    services,
)
from ..forms import ALLOW, TestimonialForm
from ..models import PURPOSES

sent_lately = RateLimit(window=600.0, most=20)  # from one address; each writes a letter, perhaps to a stranger


def texts_said(permissions: dict) -> str:
    """The hashes of the texts beside the boxes, as the form's token carries them."""
    return ".".join(permissions[part]["sha256"] for part, _ in ALLOW)


def texts_of(said: str) -> dict[str, str]:
    """The same, by part; forged or lost ones are nobody's text, and the newest counts."""
    return dict(zip((part for part, _ in ALLOW), said.split("."), strict=False))


class WordsFormView(VisitorFormView):
    """A form with a review's words. Before they are stored their writer has seen what they reveal."""

    before_template = "testimonials/before_send.html"

    def permissions(self) -> dict:
        texts = site_profile.current().consent_texts
        return {part: texts[purpose] for part, purpose in PURPOSES.items()}

    def seen_before(self, key: str) -> list[privacy_check.Reveal]:
        """What this writer was shown, and left in, before this form."""
        return []

    def look(self, form):
        """Raises NotDone with the page "before you send", unless nothing is revealed or all of it was seen there."""
        answers, asked = form.cleaned_data, self.request.POST
        words, name, key = answers["words"], answers["shown_name"], answers["key"]
        if "answers" in asked:
            raise NotDone(200)
        shows_name = "name" in answers["allow"]
        found = privacy_check.found(words, name if shows_name else "", key=key)
        seen = " ".join([str(answers["looked"] or ""), *(reveal.mark for reveal in self.seen_before(key))])
        if "take" not in asked and privacy_check.were_seen(found, seen):
            return
        if "take" in asked:
            words, name = privacy_check.taken_out(words, name, found, asked["take"])
            found = privacy_check.found(words, name if shows_name else "", key=key)
        data = form.data.copy()
        data["words"], data["shown_name"], data["key"] = words, name, key
        data["looked"] = " ".join(reveal.mark for reveal in found)
        signs = risk_signs.find_signs({"story": words})
        self.template_name = self.before_template
        raise NotDone(
            200,
            form=self.get_form_class()(**{**self.get_form_kwargs(), "data": data, "files": None}),
            reveals=found,
            shows_name=any(reveal.is_name for reveal in found),
            steps=crisis_steps.crisis_steps(signs),
            spanish=crisis_steps.is_spanish({"story": words}),
        )

    def said(self):
        """On the page before sending no texts stand: there the ones that were read go on."""
        if self.template_name == self.before_template:
            return self.token.said
        return texts_said(self.permissions())

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        form, texts = context["form"], self.permissions()
        context["permissions"] = [(box, texts[box.data["value"]]["body"]) for box in form["allow"]]
        return context


class TestimonialFormView(WordsFormView):
    form_class = TestimonialForm
    template_name = "testimonials/testimonial_form.html"
    sent_url = reverse_lazy("testimonials:sent")
    photo = None

    def page(self, *, error):
        return Page(
            "Write a review",
            "Write about your time here. You choose what is shown, and you can have it taken down at any time.",
            section="reviews",
            neutral=True,
            error=error,
        )

    def keep_files(self, form):
        """Hold the photo that was just chosen, or find the one that is held."""
        form.full_clean()
        answers, form.data = form.cleaned_data, form.data.copy()
        try:
            if answers.get("photo"):
                self.photo = pending_photos.hold(answers["photo"], key=answers["key"], address=self.address)
            elif answers.get("held"):
                self.photo = pending_photos.held(str(answers["held"]), key=answers["key"])
                if answers.get("without_photo"):
                    pending_photos.let_go(self.photo)
                    self.photo = None
        except pending_photos.TooMany:
            form.add_error("photo", "Many photos came from where you are. Wait ten minutes, or send your words alone.")
        except pending_photos.NotHeld:
            form.add_error("photo", "We no longer have the photo you chose. Choose it again, or send your words alone.")
        except (DatabaseError, InterfaceError) as exc:
            raise NotStored from exc
        form.data["held"] = pending_photos.named(self.photo) if self.photo else ""
        form.data.pop("without_photo", None)

    @property
    def address(self) -> str:
        return self.request.META.get("REMOTE_ADDR", "")

    def store(self, form):
        self.look(form)
        if sent_lately.count(self.address):
            form.add_error(
                "email", "Many reviews came from where you are. Wait ten minutes, then press the button again."
            )
            raise NotDone(429)
        answers = form.cleaned_data
        try:
            services.submit(
                key=answers["key"],
                words=answers["words"],
                name=answers["shown_name"],
                email=answers["email"],
                tie=answers["tie"],
                stars=answers["stars"],
                allow=answers["allow"],
                photo=self.photo,
                texts=texts_of(self.token.said),
            )
        except (DatabaseError, InterfaceError) as exc:
            raise NotStored from exc
        return answers["words"]

    def thank(self, response, words):
        crisis_notice.remember(response, self.request, words)

    def get_context_data(self, **kwargs):
        had_file = bool(self.request.FILES) and self.photo is None
        return super().get_context_data(had_file=had_file, has_photo=self.photo is not None, **kwargs)


@never_cache
@require_safe
def sent(request):
    """The same for everybody, whether or not we know the address; what to do first where the words told of danger."""
    page = Page("Thank you", "What happens next.", section="reviews", neutral=True, index=False)
    return render(request, "testimonials/sent.html", {"page": page, **crisis_notice.remembered(request)})
