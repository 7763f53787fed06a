"""Staff sign-in: what our site adds to django-allauth (docs/decisions/0022-sign-in.md)."""
