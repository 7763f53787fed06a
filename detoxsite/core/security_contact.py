"""The address for reports of vulnerabilities: its form, and a check that says when there is none."""

import re

from django.conf import settings
from django.core.checks import Tags, Warning, register

CONTACT = re.compile(r"mailto:[!-?A-~]+@[!-?A-~]+|https://[!-~]+")  # a URI has neither spaces nor letters beyond ASCII


def connect() -> None:
    register(check_contact, Tags.security, deploy=True)


def check_contact(**kwargs) -> list[Warning]:
    if settings.SECURITY_CONTACT:
        return []
    return [
        Warning(
            "SECURITY_CONTACT is not set, so /.well-known/security.txt is not there.",
            hint="Set it to the address for reports of vulnerabilities: mailto:… or https://… (docs/settings.md).",
            id="detoxsite.W001",
        )
    ]
