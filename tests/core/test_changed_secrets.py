"""A password that is changed in its file is read again when the server refuses the old one."""

import smtplib

import pytest
from django.core.mail import EmailMessage, get_connection

from detoxsite.core.smtp import EmailBackend


class Server(smtplib.SMTP):
    """A mail server that accepts one password, and notes what it gets."""

    accepted, tried, sent = "new", [], []

    def __init__(self, *args, **kwargs):
        super().__init__()

    def login(self, user, password):
        self.tried.append(password)
        if password != self.accepted:
            raise smtplib.SMTPAuthenticationError(535, b"refused")

    def sendmail(self, sender, recipients, message):
        self.sent.append(recipients)

    def quit(self):
        pass


@pytest.fixture
def server(monkeypatch, settings):
    settings.EMAIL_HOST, settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "mail.test", "user", "old"
    settings.EMAIL_USE_TLS = False
    monkeypatch.setattr(EmailBackend, "connection_class", property(lambda self: Server))
    monkeypatch.setattr(Server, "tried", [])
    monkeypatch.setattr(Server, "sent", [])
    return Server


def send():
    backend = get_connection("detoxsite.core.smtp.EmailBackend")
    EmailMessage("Subject", "Text", to=["nurse@example.org"], connection=backend).send()


def test_email_goes_out_with_the_new_password_and_the_next_one_at_once(server, monkeypatch, tmp_path):
    (tmp_path / "email").write_text("smtp://user:new@mail.test\n")
    monkeypatch.setenv("EMAIL_URL_FILE", str(tmp_path / "email"))

    send()
    send()

    assert server.tried == ["old", "new", "new"]
    assert len(server.sent) == 2


@pytest.mark.parametrize("content", ["smtp://user:old@mail.test", "nothing known", None])
def test_without_a_new_password_the_refusal_stands(server, monkeypatch, tmp_path, content):
    if content:
        (tmp_path / "email").write_text(content)
    monkeypatch.setenv("EMAIL_URL_FILE", str(tmp_path / "email"))

    with pytest.raises(smtplib.SMTPAuthenticationError):
        send()

    assert server.sent == []
