from django.urls import path, re_path

from .portal import views
from .views import public, reports, submission

app_name = "testimonials"
urlpatterns = [
    path("reviews/", public.testimonial_list, name="list"),
    path("reviews/new/", submission.TestimonialFormView.as_view(), name="new"),
    path("reviews/sent/", submission.sent, name="sent"),
    path("reviews/link/", views.LostLink.as_view(), name="link"),
    path("reviews/link/sent/", views.link_sent, name="link_sent"),
    path("r/<slug:token>/", views.own_page, name="own"),
    path("r/<slug:token>/confirm/", views.Confirm.as_view(), name="own_confirm"),
    path("r/<slug:token>/change/", views.Change.as_view(), name="own_change"),
    path("r/<slug:token>/no-name/", views.TakeBack.as_view(part="name"), name="own_no_name"),
    path("r/<slug:token>/no-photo/", views.TakeBack.as_view(part="photo"), name="own_no_photo"),
    path("r/<slug:token>/stay/", views.Renew.as_view(), name="own_stay"),
    path("r/<slug:token>/again/", views.Appeal.as_view(), name="own_again"),
    path("r/<slug:token>/withdraw/", views.Withdraw.as_view(), name="own_withdraw"),
    path("reviews/how/", public.how, name="how"),
    path("reviews/told/", reports.told, name="told"),
    path("reviews/<int:pk>/", public.testimonial, name="testimonial"),
    path("reviews/<int:pk>/tell/", reports.TellView.as_view(), name="tell"),
    re_path(r"^media/reviews/(?P<name>[0-9a-f]{32}\.(?:jpeg|png|webp))\Z", public.photo, name="photo"),
]
