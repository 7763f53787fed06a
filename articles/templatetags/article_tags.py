from django import template

from ..models import minutes

register = template.Library()
register.filter("minutes", minutes)
