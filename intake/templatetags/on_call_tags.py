"""What pages say of who is on duty."""

from django import template

from ..alerting import on_call

register = template.Library()


@register.simple_tag(takes_context=True)
def on_duty(context):
    """True, False, or None where nothing can be said. Costs no query."""
    return on_call.is_anybody_on_duty(context["center"])
