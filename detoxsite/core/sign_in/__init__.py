"""Staff sign-in: what our site adds to django-allauth (docs/decisions/0020-sign-in.md)."""
