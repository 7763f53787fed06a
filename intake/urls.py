from django.urls import path

from .portal import views as portal_views
from .reception import views

app_name = "intake"
urlpatterns = [
    path("help/", views.CallForHelpView.as_view(), name="call"),
    path("help/sent/", views.sent, name="sent"),
    path("help/own/", portal_views.SignIn.as_view(), name="own"),
    path("help/own/page/", portal_views.own_page, name="own_page"),
    path("help/own/write/", portal_views.Write.as_view(), name="own_write"),
    path("help/own/change/", portal_views.Change.as_view(), name="own_change"),
    path("help/own/cancel/", portal_views.Cancel.as_view(), name="own_cancel"),
    path("help/own/erase/", portal_views.Erase.as_view(), name="own_erase"),
    path("help/own/close/", portal_views.close, name="own_close"),
    path("help/own/end/", portal_views.end, name="own_end"),
]
