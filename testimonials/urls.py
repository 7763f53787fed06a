from django.urls import path, re_path

from . import telling, views

app_name = "testimonials"
urlpatterns = [
    path("reviews/", views.testimonial_list, name="list"),
    path("reviews/new/", views.TestimonialFormView.as_view(), name="new"),
    path("reviews/sent/", views.sent, name="sent"),
    path("reviews/how/", views.how, name="how"),
    path("reviews/told/", telling.told, name="told"),
    path("reviews/<int:pk>/", views.testimonial, name="testimonial"),
    path("reviews/<int:pk>/tell/", telling.TellView.as_view(), name="tell"),
    re_path(r"^media/reviews/(?P<name>[0-9a-f]{32}\.(?:jpeg|png|webp))\Z", views.photo, name="photo"),
]
