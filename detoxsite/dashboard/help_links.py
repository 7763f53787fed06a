"""Help: which part of which guide belongs to a page of the staff site.

A row: beginning of the name of an address | parts of guides, as "guide#heading". The longest beginning counts, up to an
underscore. Of its parts the first from a guide for one of the person's roles, and otherwise the first of all. A test
walks every address for every role, and holds that each has a row and that its parts exist.
"""

from functools import cache

from django.urls import reverse

from . import guides

TABLE = """
index                           | admissions#where-things-are clinicians#where-things-are moderators#where-things-are \
editors#where-things-are compliance#where-things-are managers#where-things-are staff#find-your-way
app_list                        | staff#find-your-way
find                            | staff#find-anything
account                         | staff#sign-in
account_change_password         | staff#your-account
password_change                 | staff#your-account
mfa                             | staff#your-account
usersessions                    | staff#your-account

articles_edition                | editors#write-an-article clinicians#read-what-you-sign \
compliance#what-a-page-said-on-a-day
articles_edition_changelist     | editors#where-things-are clinicians#where-things-are compliance#where-things-are
articles_edition_as_of_date     | compliance#what-a-page-said-on-a-day editors#looking-back
articles_edition_history        | compliance#what-a-page-said-on-a-day editors#looking-back
articles_edition_compare        | editors#looking-back clinicians#read-what-you-sign
articles_edition_comments       | editors#comments clinicians#comment-on-words
articles_edition_versions       | editors#drafts
articles_edition_delete         | editors#drafts
articles_edition_object_action  | editors#from-draft-to-page clinicians#sign-off-an-article
articles_edition_first_page     | editors#the-first-page
articles_edition_calendar       | editors#planning clinicians#change-a-date-that-has-not-come
articles_edition_reports        | editors#planning clinicians#when-a-review-is-due
articles_edition_review_due     | editors#planning clinicians#when-a-review-is-due
articles_edition_links          | editors#planning
articles_edition_ageing         | editors#planning
articles_edition_words          | editors#planning
articles_menuedition            | editors#menus-and-footer
articles_picture                | editors#pictures
articles_pdffile                | editors#pdf-files-and-videos
articles_video                  | editors#pdf-files-and-videos
articles_topic                  | editors#where-things-are
articles_person                 | editors#people
articles_centerfact             | editors#pages
articles_synonym                | editors#words-for-search
articles_reminder               | managers#outgoing-messages
articles_workflowemail          | managers#outgoing-messages
own_filters                     | staff#work-with-lists
my_messages                     | editors#emails clinicians#where-things-are
detoxsite_redirect              | editors#old-addresses

testimonials_testimonial        | moderators#one-review compliance#reviews-and-reports-from-readers
testimonials_testimonial_changelist | moderators#the-queues compliance#reviews-and-reports-from-readers
testimonials_staffname          | moderators#names-of-the-staff managers#keep-the-list-of-staff-names
testimonials_outgoingemail      | managers#outgoing-messages compliance#reviews-and-reports-from-readers

intake_callforhelp              | admissions#answer-a-request-at-night
intake_callforhelp_changelist   | admissions#where-things-are
intake_callforhelp_enter        | admissions#take-a-request-by-phone
intake_shift                    | admissions#see-when-you-are-on-call managers#plan-who-is-on-call
intake_escalationstep           | admissions#when-it-rings managers#plan-who-is-on-call
intake_phone                    | admissions#add-a-phone
intake_delivery                 | admissions#did-it-arrive managers#outgoing-messages
intake_figures                  | admissions#read-the-statistics managers#read-the-statistics
intake_disclosure               | compliance#disclosures
intake_erasurebatch             | managers#approve-erasures compliance#retention-and-consent-texts
intake_retentionwarning         | managers#approve-erasures
intake_webhook                  | managers#webhooks

access_report                   | compliance#read-the-weekly-access-report
detoxsite_sealedaccess          | compliance#look-up-who-opened-something
admin_logentry                  | compliance#look-up-who-opened-something
detoxsite_user                  | managers#add-a-colleague
detoxsite_siteprofile           | managers#set-up-the-center
detoxsite_consenttext           | managers#consent-texts compliance#retention-and-consent-texts
"""


def part_for(url_name: str, roles) -> str:
    """The part of a guide for a page, such as "editors#drafts", and "" for a page without a row."""
    words = (url_name or "").split("_")
    names = ("_".join(words[:count]) for count in range(len(words), 0, -1))
    parts = next((_parts()[name] for name in names if name in _parts()), [])
    own = (part for part in parts if set(guides.GUIDES[part.partition("#")[0]]) & set(roles))
    return next(own, parts[0] if parts else "")


def url_for(url_name: str, roles) -> str:
    part = part_for(url_name, roles)
    return guides.part_url(part) if part else reverse("admin:guides")


@cache
def _parts() -> dict[str, list[str]]:
    rows = (line.split("|") for line in TABLE.splitlines() if line)
    return {name.strip(): parts.split() for name, parts in rows}
