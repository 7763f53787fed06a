from django.urls import path

from . import views

app_name = "intake"
urlpatterns = [
    path("help/", views.CallForHelpView.as_view(), name="call"),
    path("help/sent/", views.sent, name="sent"),
]
