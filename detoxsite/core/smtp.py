"""Email by SMTP, as Django sends it. A password that the server refuses is read again: its file may have changed."""

import smtplib

from django.conf import settings
from django.core.mail.backends import smtp

from . import email_url, secret_files


class EmailBackend(smtp.EmailBackend):
    def open(self):
        try:
            return super().open()
        except smtplib.SMTPAuthenticationError:
            self.close()
            if not self._read_secret_again():
                raise
            return super().open()

    def _read_secret_again(self) -> bool:
        """Take over the account from the secret EMAIL_URL as it is now. Returns whether it changed."""
        try:
            fresh = email_url.parse(secret_files.read("EMAIL_URL"))
        except (secret_files.UnreadableSecret, ValueError):
            return False
        account = fresh["EMAIL_HOST_USER"], fresh["EMAIL_HOST_PASSWORD"]
        if account == (self.username, self.password):
            return False
        self.username, self.password = account
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = account  # for all connections to come
        return True
