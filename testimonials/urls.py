from django.urls import path

from . import views

app_name = "testimonials"
urlpatterns = [
    path("reviews/", views.testimonial_list, name="list"),
    path("reviews/new/", views.TestimonialFormView.as_view(), name="new"),
    path("reviews/sent/", views.sent, name="sent"),
]
