from django.urls import path, re_path

from .portal import views as portal_views
from .views import public, reports, submission

app_name = "testimonials"
urlpatterns = [
    path("reviews/", public.testimonial_list, name="list"),
    path("reviews/new/", submission.TestimonialFormView.as_view(), name="new"),
    path("reviews/sent/", submission.sent, name="sent"),
    path("reviews/link/", portal_views.LostLink.as_view(), name="lost_link"),
    path("reviews/link/sent/", portal_views.lost_link_sent, name="lost_link_sent"),
    path("r/<slug:token>/", portal_views.portal, name="portal"),
    path("r/<slug:token>/confirm/", portal_views.ConfirmAddress.as_view(), name="portal_confirm"),
    path("r/<slug:token>/change/", portal_views.ChangeReview.as_view(), name="portal_change"),
    path("r/<slug:token>/no-name/", portal_views.RemovePart.as_view(part="name"), name="portal_remove_name"),
    path("r/<slug:token>/no-photo/", portal_views.RemovePart.as_view(part="photo"), name="portal_remove_photo"),
    path("r/<slug:token>/stay/", portal_views.RenewReview.as_view(), name="portal_renew"),
    path("r/<slug:token>/again/", portal_views.AppealDecision.as_view(), name="portal_appeal"),
    path("r/<slug:token>/withdraw/", portal_views.WithdrawReview.as_view(), name="portal_withdraw"),
    path("reviews/how/", public.how, name="how"),
    path("reviews/told/", reports.report_sent, name="report_sent"),
    path("reviews/<int:pk>/", public.testimonial, name="testimonial"),
    path("reviews/<int:pk>/tell/", reports.ReportView.as_view(), name="report"),
    re_path(r"^media/reviews/(?P<name>[0-9a-f]{32}\.(?:jpeg|png|webp))\Z", public.photo, name="photo"),
]
