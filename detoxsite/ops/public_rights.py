"""What the public half may do in the database: the one list from which the rights of its role are made.

PostgreSQL refuses everything else to it, whatever a process of the public half is made to ask. What people wrote is
sealed to the center, so that reading a sealed column opens nothing there.
"""

from dataclasses import dataclass

ALL = ("*",)


@dataclass(frozen=True)
class Rights:
    """Fields that may be read, given to new rows and changed; whether rows may be deleted."""

    select: tuple[str, ...] = ()
    insert: tuple[str, ...] = ()
    update: tuple[str, ...] = ()
    delete: bool = False
    hidden: tuple[str, ...] = ()  # the fields that may not be read where ``select`` is ALL


READ = Rights(select=ALL)
ADD = Rights(select=ALL, insert=ALL)
CHANGE = Rights(select=ALL, insert=ALL, update=ALL)
KEEP = Rights(select=ALL, insert=ALL, update=ALL, delete=True)

PUBLIC: dict[str, Rights] = {
    # --- what every reader sees
    "detoxsite.SiteProfile": READ,
    "detoxsite.ConsentText": READ,
    "detoxsite.Redirect": READ,
    "articles.Topic": READ,
    "articles.Article": READ,
    "articles.Edition": READ,
    "articles.Rendering": READ,
    "articles.MenuEdition": READ,
    "articles.MenuEntry": READ,
    "articles.SearchWord": READ,
    "articles.Synonym": READ,
    "articles.Person": Rights(select=ALL, hidden=("user",)),
    "articles.Picture": Rights(select=("id", "image", "image_ppoi", "image_width", "image_height", "alt")),
    # --- the same, where a page has to be rendered in full before the job has finished it again
    **dict.fromkeys(("articles.Text", "articles.Figure", "articles.Callout", "articles.KeyFacts"), READ),
    **dict.fromkeys(("articles.PullQuote", "articles.Step", "articles.Question", "articles.CallToAction"), READ),
    **dict.fromkeys(("articles.Column", "articles.Comparison"), READ),
    **dict.fromkeys(("articles.PersonCard", "articles.CenterFacts", "articles.CenterFact", "articles.Source"), READ),
    **dict.fromkeys(("articles.Opening", "articles.SitePart", "articles.ArticleList"), READ),
    **dict.fromkeys(("articles.Reviews", "articles.Costs"), READ),
    **dict.fromkeys(("articles.GalleryPicture", "articles.MapPicture", "articles.Download"), READ),
    **dict.fromkeys(("articles.VideoPlayer", "articles.Video", "articles.PdfFile"), READ),
    # --- whether someone is on call now
    "intake.Shift": Rights(select=("id", "person", "weekday", "starts", "ends", "is_second")),
    "detoxsite.User": Rights(select=("id", "is_active", "is_staff")),
    # --- running
    "detoxsite.SealedAccess": READ,  # who opened a request, on the page of whoever has its code
    "detoxsite.KeyCheck": READ,
    "detoxsite.PublicChange": ADD,
    "detoxsite.RateCount": KEEP,
    "detoxsite.RedirectHits": CHANGE,
    "detoxsite.VainAddress": CHANGE,
    "detoxsite.JobRun": CHANGE,
    "detoxsite.WorkerHeartbeat": KEEP,
    "intake.Delivery": Rights(select=("id", "alert", "webhook", "phone", "state", "tries", "next_try_at", "sent_at")),
    # --- a request for help, and its page for whoever has the code
    "intake.CallForHelp": Rights(select=ALL, insert=ALL, update=ALL, hidden=("sealed",)),
    "intake.Consent": ADD,
    "intake.Alert": CHANGE,
    "intake.AnswersRevision": KEEP,
    "intake.Message": KEEP,
    "intake.ContactAttempt": Rights(select=("id", "call", "at", "outcome"), update=("sealed",)),
    "intake.ContactPlan": Rights(select=("call",), delete=True),
    # --- a review, and its page for whoever has the link
    "testimonials.StaffName": READ,
    "testimonials.Testimonial": CHANGE,
    "testimonials.Author": CHANGE,
    "testimonials.Version": CHANGE,
    "testimonials.Photo": KEEP,
    "testimonials.DisplayConsent": ADD,
    "testimonials.ReviewEvent": CHANGE,
    "testimonials.ReviewCounter": CHANGE,
    "testimonials.DecisionCounter": CHANGE,
    "testimonials.OutgoingEmail": CHANGE,
    "testimonials.Report": CHANGE,
}
