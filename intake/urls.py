from django.urls import path

from .portal import views
from .reception import views

app_name = "intake"
urlpatterns = [
    path("help/", views.CallForHelpView.as_view(), name="call"),
    path("help/sent/", views.sent, name="sent"),
    path("help/own/", views.SignIn.as_view(), name="own"),
    path("help/own/page/", views.own_page, name="own_page"),
    path("help/own/write/", views.Write.as_view(), name="own_write"),
    path("help/own/change/", views.Change.as_view(), name="own_change"),
    path("help/own/cancel/", views.Cancel.as_view(), name="own_cancel"),
    path("help/own/erase/", views.Erase.as_view(), name="own_erase"),
    path("help/own/close/", views.close, name="own_close"),
    path("help/own/end/", views.end, name="own_end"),
]
