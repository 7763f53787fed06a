"""Context processors: what every template can use."""

from . import site_profile


def center(request):
    """The site profile, with its topics, as ``center``."""
    return {"center": site_profile.current()}
