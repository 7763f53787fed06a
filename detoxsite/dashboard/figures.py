"""What the first page counts: the rows of each number, by what they are about. attention.py makes lines of them."""

from django.db.models import Q

from articles import editorial_gate
from articles.models import CHECK_INTERVAL, CenterFact, Edition, Kind, PdfFile, Video
from detoxsite.core.kept_queries import NOW, TODAY, USER, Figure
from detoxsite.core.models import SecondFactorReset
from intake.alerting import deliveries
from intake.casework.queues import in_queue
from intake.models import Phone, Status
from intake.records import retention
from testimonials.models import OutgoingEmail, Report, Testimonial


def _in_queue(name: str, since: str = "created_at") -> Figure:
    return Figure(lambda: in_queue(name, now=NOW), since)


REQUESTS = {
    **{name: _in_queue(name) for name in ("danger", "unclaimed", "spam", Status.UNREACHED, Status.REACHED)},
    "wrote": _in_queue("wrote", ""),
}
ALERTS = {
    "unalerted": _in_queue("unalerted", ""),
    "late": Figure(lambda: deliveries.late(NOW)),
    "failed": Figure(lambda: deliveries.failed(NOW)),
    "failing phones": Figure(Phone.objects.failing),
}
TO_ERASE = {"to erase": Figure(lambda: retention.due(NOW))}
REVIEWS_WAITING = {
    "hidden": Figure(Testimonial.objects.hidden, "hidden_at"),
    "awaiting": Figure(lambda: Testimonial.objects.awaiting_decision()[:1], "submitted_at"),
    "second": Figure(lambda: Testimonial.objects.proposed_by_others(USER), "proposed_at"),
    "reports": Figure(Report.objects.open, "at"),
    "failed author emails": Figure(lambda: OutgoingEmail.objects.filter(state=OutgoingEmail.State.FAILED)),
}
_ARTICLE = Q(article__kind=Kind.ARTICLE)
TO_SIGN = {
    "articles to sign": Figure(lambda: editorial_gate.to_sign_by(USER).filter(_ARTICLE)),
    "pages to sign": Figure(lambda: editorial_gate.to_sign_by(USER).exclude(_ARTICLE)),
}
ARTICLES = {
    "sent back": Figure(Edition.objects.sent_back),
    "drafts": Figure(Edition.objects.drafts),
    "overdue": Figure(lambda: Edition.objects.live(NOW).overdue(TODAY)),
    "missing PDF files": Figure(lambda: PdfFile.objects.filter(is_missing=True)),
    "missing videos": Figure(lambda: Video.objects.filter(is_missing=True)),
}
FACTS_TO_CHECK = {
    "ending facts": Figure(lambda: CenterFact.objects.ending(TODAY)),
    "ended facts": Figure(lambda: CenterFact.objects.filter(ends_on__lt=TODAY)),
    "unchecked facts": Figure(lambda: CenterFact.objects.unchecked(TODAY)),
    "unchecked tables": Figure(lambda: Edition.objects.live(NOW).with_tables_checked_before(TODAY - CHECK_INTERVAL)),
}
RESETS = {"resets": Figure(lambda: SecondFactorReset.objects.pending(NOW).exclude(by=USER).exclude(user=USER))}
