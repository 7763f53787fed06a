"""Growth: each page with many rows compared with itself with few, and the queries behind the pages of staff.

``pages`` names them; the bench measures them in a small and in a big database and divides.
"""

STAFF = {  # email of the sample account: pages of its desk
    "editor@example.org": {
        "desk, list": "/admin/articles/edition/",
        "desk, drafts": "/admin/articles/edition/?status=draft",
        "desk, search": "/admin/articles/edition/?q=naltrexone",
        "desk, first page": "/admin/",
    },
    "moderator@example.org": {
        "reviews, queue": "/admin/testimonials/testimonial/",
        "reviews, published": "/admin/testimonials/testimonial/?queue=shown",
        "reviews, withheld": "/admin/testimonials/testimonial/?queue=withheld",
    },
    "admissions@example.org": {
        "requests, queue": "/admin/intake/callforhelp/",
        "requests, unclaimed": "/admin/intake/callforhelp/?queue=unclaimed",
        "requests, closed": "/admin/intake/callforhelp/?queue=closed",
        "requests, all": "/admin/intake/callforhelp/?queue=all",
        "requests, first page": "/admin/",
    },
    "manager@example.org": {"requests, figures": "/admin/intake/figures/"},
}
PUBLIC = {
    "home": "/",
    "help form": "/help/",
    "reviews, list": "/reviews/",
    "reviews, how they are handled": "/reviews/how/",
    "review form": "/reviews/new/",
}


def pages() -> dict[str, tuple[str, object]]:
    """By name: address and client. The deep page and the single review are those halfway down the list."""
    from django.test import Client

    from detoxsite.core.models import User
    from testimonials.models import Testimonial

    reader, found = Client(), {}
    shown = Testimonial.objects.shown().only("pk", "submitted_at")
    deep = shown[shown.count() // 2]
    public = {
        **PUBLIC,
        "reviews, deep page": f"/reviews/?after={deep.pk}",
        "reviews, year": f"/reviews/?year={shown[0].submitted_at.year - 1}",
        "reviews, one": f"/reviews/{deep.pk}/",
    }
    found |= {name: (url, reader) for name, url in public.items()}
    for email, of_staff in STAFF.items():
        client = Client()
        client.force_login(User.objects.get(email=email))
        found |= {name: (url, client) for name, url in of_staff.items()}
    return found
