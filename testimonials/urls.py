from django.urls import path

from . import sending, views

app_name = "testimonials"
urlpatterns = [
    path("reviews/", views.testimonial_list, name="list"),
    path("reviews/new/", sending.TestimonialFormView.as_view(), name="new"),
    path("reviews/sent/", sending.sent, name="sent"),
]
