from django.urls import path

from .portal import views as portal_views
from .reception import views

app_name = "intake"
urlpatterns = [
    path("help/", views.CallForHelpView.as_view(), name="call"),
    path("help/sent/", views.sent, name="sent"),
    path("help/sent/hide/", portal_views.HideSent.as_view(), name="hide_sent"),
    path("help/own/", portal_views.SignIn.as_view(), name="portal_sign_in"),
    path("help/own/page/", portal_views.portal, name="portal"),
    path("help/own/readers/", portal_views.portal_readers, name="portal_readers"),
    path("help/own/write/", portal_views.WriteMessage.as_view(), name="portal_message"),
    path("help/own/change/", portal_views.ChangeAnswers.as_view(), name="portal_change"),
    path("help/own/cancel/", portal_views.CancelRequest.as_view(), name="portal_cancel"),
    path("help/own/erase/", portal_views.EraseRequest.as_view(), name="portal_erase"),
    path("help/own/close/", portal_views.close_portal, name="portal_close"),
    path("help/own/end/", portal_views.portal_end, name="portal_end"),
]
