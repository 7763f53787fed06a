from django.urls import path, re_path

from . import own, sending, telling, views

app_name = "testimonials"
urlpatterns = [
    path("reviews/", views.testimonial_list, name="list"),
    path("reviews/new/", sending.TestimonialFormView.as_view(), name="new"),
    path("reviews/sent/", sending.sent, name="sent"),
    path("reviews/link/", own.LostLink.as_view(), name="link"),
    path("reviews/link/sent/", own.link_sent, name="link_sent"),
    path("r/<slug:token>/", own.own_page, name="own"),
    path("r/<slug:token>/confirm/", own.Confirm.as_view(), name="own_confirm"),
    path("r/<slug:token>/change/", own.Change.as_view(), name="own_change"),
    path("r/<slug:token>/no-name/", own.TakeBack.as_view(part="name"), name="own_no_name"),
    path("r/<slug:token>/no-photo/", own.TakeBack.as_view(part="photo"), name="own_no_photo"),
    path("r/<slug:token>/stay/", own.Renew.as_view(), name="own_stay"),
    path("r/<slug:token>/again/", own.Appeal.as_view(), name="own_again"),
    path("r/<slug:token>/withdraw/", own.Withdraw.as_view(), name="own_withdraw"),
    path("reviews/how/", views.how, name="how"),
    path("reviews/told/", telling.told, name="told"),
    path("reviews/<int:pk>/", views.testimonial, name="testimonial"),
    path("reviews/<int:pk>/tell/", telling.TellView.as_view(), name="tell"),
    re_path(r"^media/reviews/(?P<name>[0-9a-f]{32}\.(?:jpeg|png|webp))\Z", views.photo, name="photo"),
]
