"""What staff wait for: the list of articles, the page of one, signing off."""

import time
from collections import Counter

from tests import factories

from . import rows
from .bench import Bench
from .freshness import a_clinician, a_topic
from .load import Target
from .rows import Goal, Row

WORDS = 2_000
SIGN_OFFS = 15
SENTENCES = (
    "Alcohol withdrawal can start a few hours after the last drink. ",
    "Your hands may shake, and you may sweat or feel sick. ",
    "Call 911 if someone has a seizure, or sees things that are not there. ",
    "A nurse checks how you are every few hours, day and night.[1] ",
    "Most people feel better after five to seven days. ",
)


def desk(bench: Bench) -> None:
    from articles.models import Edition

    drafts = Edition.objects.filter(state="draft", article__slug__regex=r"-\d{6}$")
    draft = drafts.filter(number=2).first() or drafts.first()
    headers = (("Cookie", f"sessionid={session('editor')}"),)
    count = Edition.objects.count()
    pages = {
        "desk list, alone": (Target("/admin/articles/edition/", "result_list", headers=headers), 40),
        "desk edit page, alone": (
            Target(f"/admin/articles/edition/{draft.pk}/change/", draft.title, headers=headers),
            60,
        ),
    }
    for name, (target, goal) in pages.items():
        found = bench.alone([target], count=max(10, bench.effort.alone // 5))
        details = [f"{count:,} editions", f"p99 {rows.shown(found.p99)} ms"]
        bench.add(
            Row(name, found.p50, "ms p50", Goal(goal, is_most=True), details=details, faults=Counter(found.faults))
        )


def session(role: str) -> str:
    """The key of a session that is signed in to the role's sample account."""
    from django.test import Client

    from detoxsite.core.models import User

    client = Client()
    client.force_login(User.objects.filter(groups__name=role, is_active=True).order_by("pk").first())
    return client.cookies["sessionid"].value


def sign_off(bench: Bench) -> None:
    """The service as the desk calls it, with its transaction and all that is rendered in it."""
    from articles import services
    from articles.models import Edition, State

    clinician, taken = a_clinician(), []
    for _ in range(min(SIGN_OFFS, bench.effort.tries)):
        edition = factories.make_draft(long_text(), state=State.IN_REVIEW, sources=2, topic=a_topic())
        read = services.sign_off_fingerprint(edition)
        began = time.perf_counter()
        services.sign_off(edition.pk, by=clinician, read=read, amber_read=True)
        taken.append((time.perf_counter() - began) * 1000)
    words = Edition.objects.get(pk=edition.pk).word_count
    detail = f"{words:,} words, {len(taken)} articles"
    bench.add(rows.of_rounds("sign-off", taken, "ms", Goal(300, is_most=True), details=[detail]))


def long_text() -> str:
    """WORDS words in sections of three paragraphs."""
    paragraph = f"<p>{''.join(SENTENCES).strip()}</p>"
    section = f"<h2>What the first days are like</h2>{paragraph * 3}"
    return section * (WORDS // len(section.replace("<p>", " ").split()) + 1)
