"""Whether anyone is on call, for templates."""

from django import template

from ..alerting import on_call

register = template.Library()


@register.simple_tag(takes_context=True)
def is_anyone_on_call(context):
    """True, False, or None without a schedule. Needs no query."""
    return on_call.is_anyone_on_call(context["center"])
