from django.urls import path

from . import own, views

app_name = "intake"
urlpatterns = [
    path("help/", views.CallForHelpView.as_view(), name="call"),
    path("help/sent/", views.sent, name="sent"),
    path("help/own/", own.SignIn.as_view(), name="own"),
    path("help/own/page/", own.own_page, name="own_page"),
    path("help/own/write/", own.Write.as_view(), name="own_write"),
    path("help/own/change/", own.Change.as_view(), name="own_change"),
    path("help/own/cancel/", own.Cancel.as_view(), name="own_cancel"),
    path("help/own/erase/", own.Erase.as_view(), name="own_erase"),
    path("help/own/close/", own.close, name="own_close"),
    path("help/own/end/", own.end, name="own_end"),
]
