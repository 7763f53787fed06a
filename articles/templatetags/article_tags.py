from django import template

from ..models import reading_minutes

register = template.Library()
register.filter(reading_minutes)
