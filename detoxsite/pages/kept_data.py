"""All that is kept: the rows of the apps, of the ground floor and of Django; what holds nothing of a person."""

from itertools import groupby

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.core.internal.ratelimit import parse_rates
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.sessions.models import Session

import articles.kept_data
import intake.kept_data
import testimonials.kept_data
from articles.models import BLOCKS, CenterFact, PdfFile, Picture, SearchWord, Source, Synonym, Topic, Video
from detoxsite.core.kept_data import About, Kept, period
from detoxsite.core.models import (
    AccessReportNotice,
    ConsentText,
    JobRun,
    KeyCheck,
    PublicChange,
    RateCount,
    Redirect,
    RedirectHits,
    SavedFilter,
    SealedAccess,
    SecondFactorReset,
    SiteProfile,
    VainAddress,
    WorkerHeartbeat,
)
from detoxsite.core.public_forms import rate_limit, tickets
from detoxsite.core.redirects import counts
from detoxsite.core.sign_in import sessions
from detoxsite.core.sign_in.devices import device_cookie
from intake.models import Webhook
from testimonials.models import DecisionCounter, ReviewCounter

NOTHING_OF_A_PERSON: dict[type, str] = {
    **dict.fromkeys(BLOCKS, "the words of an article or a page"),
    **dict.fromkeys((CenterFact, PdfFile, Picture, Redirect, SearchWord, Synonym, Topic, Video), "content of the site"),
    Source: "publications that an article cites",
    SiteProfile: "the center",
    Webhook: "a system of another organization",
    **dict.fromkeys((ReviewCounter, DecisionCounter), "numbers of reviews"),
    **dict.fromkeys((JobRun, WorkerHeartbeat), "runs of jobs, and of an error its type; workers that live"),
    KeyCheck: "a digest of fixed words",
    AccessReportNotice: "weeks of which compliance was told",
    PublicChange: "which part of the site changed",
    **dict.fromkeys((Group, Permission, ContentType), "the roles and what they may do"),
}


def rows() -> list[Kept]:
    """Every row, ordered by whom it is about."""
    found = [
        *_about_visitors(),
        *intake.kept_data.rows(),
        *testimonials.kept_data.rows(),
        *_access_log(),
        *_about_staff(),
        *articles.kept_data.rows(),
        *_operation(),
    ]
    order = list(About)
    return sorted(found, key=lambda row: order.index(row.about))


def tables(*, public: bool = False) -> list[tuple[About, list[Kept]]]:
    """The rows by whom they are about; ``public``: those that visitors read."""
    chosen = [row for row in rows() if row.about.is_public or not public]
    return [(about, list(group)) for about, group in groupby(chosen, key=lambda row: row.about)]


def _about_visitors() -> list[Kept]:
    return [
        Kept(
            "What you read and what you search for",
            "Nowhere",
            "We do not need to know",
            "We do not keep it",
            About.VISITOR,
        ),
        Kept(
            "How many forms, photos or wrong codes came from one internet address: a count, without the address, "
            "under a code that changes",
            "Database; the code is a keyed digest of network, limit and window",
            "To hold up floods and people who guess codes",
            f"{period(rate_limit.MAX_WINDOW)} at most, and until the next one is counted",
            About.VISITOR,
            models=(RateCount,),
        ),
        Kept(
            "How often, on each day, an old address of a page was followed, and an address that no page has was asked "
            "for: numbers, without anything about who asked. An address is noted only if it is made of plain words",
            "Database, readable",
            "To lead old links to the right page",
            period(counts.KEPT_FOR),
            About.VISITOR,
            models=(RedirectHits, VainAddress),
        ),
        Kept(
            "What the page after a form has to show, such as your number and code, encrypted in its address",
            "The browser’s history, and the logs of a web server in front",
            "For browsers that keep no cookies",
            f"It opens nothing after {period(tickets.TICKET_LIFE)}",
            About.VISITOR,
        ),
    ]


def _operation() -> list[Kept]:
    return [
        Kept(
            "Backup copies of all of this. What you wrote is encrypted in them",
            "Where the operator keeps them; all of it is encrypted if `BACKUP_RECIPIENTS` is set",
            "To restore the site after a fault",
            "Until we delete them. The guide of the software says: after 30 days",
            About.OPERATION,
        ),
        Kept(
            "Error messages of the software, without anything that you typed or searched for",
            "Standard error",
            "To find faults",
            "As long as the computer that runs the site keeps its logs",
            About.OPERATION,
        ),
    ]


def _access_log() -> list[Kept]:
    return [
        Kept(
            "Who on our staff opened what you wrote to us, or added to it: role, time, and the reason of an emergency",
            "Database, append-only, each entry with a digest of the one before",
            "To know who saw what",
            "Not erased. It holds nothing that you wrote",
            About.REQUEST,
            models=(SealedAccess,),
        ),
    ]


def _of_provider() -> tuple[type, ...]:
    """Models of signing in through an OpenID Connect provider, where it is set up."""
    if not apps.is_installed("allauth.socialaccount"):
        return ()
    return tuple(apps.get_app_config("socialaccount").get_models())


def _about_staff() -> list[Kept]:
    sign_in_window = max(rate.duration for rate in parse_rates(settings.ACCOUNT_RATE_LIMITS["login_failed"]))
    return [
        Kept(
            "Accounts: name, email address, role, last sign-in, a hash of the password, passkeys and the secrets of "
            "authenticator apps",
            "Database, readable but for the secrets of authenticator apps, which are sealed",
            "To sign in",
            "Until the account is deleted. Managers disable accounts, since records name them",
            About.STAFF,
            models=(get_user_model(), EmailAddress, EmailConfirmation, Authenticator, *_of_provider()),
        ),
        Kept(
            "Sessions, with browser and internet address, and the cookies "
            f"“{settings.SESSION_COOKIE_NAME}”, “{settings.CSRF_COOKIE_NAME}” and “{CookieStorage.cookie_name}”",
            "Database; the device of a member of staff",
            "To stay signed in, to end a session elsewhere, to refuse forms of other sites, to say what was done",
            f"Until they sign out or do nothing for {period(sessions.IDLE_LIMIT)}, "
            f"{period(settings.SESSION_COOKIE_AGE)} at most; the row of a session that ended is deleted "
            f"within {period(settings.SESSION_COOKIE_AGE + sessions.DELETED_EVERY)} of the last request",
            About.STAFF,
            models=(Session, UserSession),
            cookies=(settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, CookieStorage.cookie_name),
        ),
        Kept(
            f"A cookie, “{device_cookie.name}”, encrypted: a random id, which accounts signed in from this browser, "
            "when",
            f"The device of a member of staff, only below `{device_cookie.path}`",
            "So that others who type wrong passwords cannot keep them out",
            f"{period(device_cookie.max_age)} after the last sign-in",
            About.STAFF,
            cookies=(device_cookie.name,),
        ),
        Kept(
            "Times of attempts to sign in, by a keyed digest of account or internet address",
            "Database (`detoxsite_cache`), or the cache of `CACHE_URL`",
            "To limit guessing",
            f"{period(sign_in_window)} count; old rows are dropped when the table is full",
            About.STAFF,
        ),
        Kept(
            "Resets of second factors: whose, by which two managers, why, when",
            "Database, readable",
            "Evidence",
            "Not erased",
            About.STAFF,
            models=(SecondFactorReset,),
        ),
        Kept(
            "Filters that staff saved for a list: a name, which filters and which order. Words of a search only in "
            "lists of articles, pictures and files",
            "Database, readable",
            "To find the same rows again",
            "Until they remove it, or the account is deleted",
            About.STAFF,
            models=(SavedFilter,),
        ),
        Kept(
            "What staff did in the admin",
            "Database (`Log entries`)",
            "Evidence",
            "Not erased",
            About.STAFF,
            models=(LogEntry,),
        ),
        Kept(
            "Consent texts, word for word, with their hash and who approved them",
            "Database, append-only",
            "To know what was agreed to",
            "Not erased",
            About.STAFF,
            models=(ConsentText,),
        ),
    ]
