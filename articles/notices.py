"""Who is told about which event of the workflow: noted in the transaction of the event, sent by ``notice_emails``."""

from collections.abc import Iterable

from django.db.models import QuerySet

from . import editorial_gate
from .models import Edition, EditionEvent, State, WorkflowEmail, WorkflowEmailChoice, WorkflowNotice

VIEW = "articles.view_edition"
Pace = WorkflowEmailChoice.Pace
_Kind = EditionEvent.Kind
TO_SIGNERS = {_Kind.SUBMITTED, _Kind.ASSIGNED}
TO_WRITERS = {_Kind.SENT_BACK, _Kind.SIGNED_OFF, _Kind.WENT_LIVE}


def queue(event: EditionEvent) -> None:
    """Note everyone whom the event concerns, but not who caused it, nor those who want no emails."""
    people = {person.pk: person for person in _concerned(event) if person.pk != event.by_id and _can_open(person)}
    chosen = dict(WorkflowEmailChoice.objects.filter(user__in=people).values_list("user", "pace"))
    for key, person in sorted(people.items()):
        pace = chosen.get(key, Pace.AT_ONCE)
        if pace != Pace.NONE:
            email = WorkflowEmail.objects.create(to=person) if pace == Pace.AT_ONCE else None
            WorkflowNotice.objects.create(event=event, to=person, email=email)


def is_current(notice: WorkflowNotice) -> bool:
    """Whether what a notice says still holds: nobody is asked to sign off what was taken back or given to another, or
    twice because it was sent for review twice.
    """
    edition, kind = notice.event.edition, notice.event.kind
    alike = TO_SIGNERS if kind in TO_SIGNERS else {kind}
    if edition.events.filter(kind__in=alike, pk__gt=notice.event_id).exists():
        return False
    if kind in TO_SIGNERS:
        return edition.state == State.IN_REVIEW and _asked_to_sign(edition).filter(pk=notice.to_id).exists()
    return edition.state == (State.DRAFT if kind == _Kind.SENT_BACK else State.SIGNED_OFF)


def _concerned(event: EditionEvent) -> Iterable:
    edition = event.edition
    if event.kind in TO_SIGNERS:
        return _asked_to_sign(edition)
    if event.kind in TO_WRITERS:
        handed_in = edition.events.filter(kind=_Kind.SUBMITTED).select_related("by").first()
        signer = edition.signed_off_by if event.kind == _Kind.WENT_LIVE else None
        people = edition.author.user, edition.article.owner, edition.created_by, handed_in and handed_in.by, signer
        return filter(None, people)
    return ()


def _asked_to_sign(edition: Edition) -> QuerySet:
    """The person whom it is assigned to; where nobody is, or they have left meanwhile, everyone who may sign it off."""
    able = editorial_gate.able_to_sign(edition)
    assigned = able.filter(pk=edition.assigned_to_id)
    return assigned if assigned.exists() else able


def _can_open(person) -> bool:
    return person.is_active and person.is_staff and person.has_perm(VIEW)
