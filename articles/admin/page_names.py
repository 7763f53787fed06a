"""Says "page" of a page where Django's admin says the name of the model, which is "article"."""

import re

from django.utils.safestring import SafeData, mark_safe

from ..models import Kind
from .changelist import form_kind


class NamedByKindMixin:
    """For the admin of editions: titles, breadcrumbs and messages name what the edition is one of."""

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if form_kind(request, obj) != Kind.ARTICLE:
            context |= {"is_page": True, "title": _of_page(context["title"])}
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def response_add(self, request, obj, *args, **kwargs):
        request.is_about_page = obj.article.is_page
        return super().response_add(request, obj, *args, **kwargs)

    def response_change(self, request, obj):
        request.is_about_page = obj.article.is_page
        return super().response_change(request, obj)

    def message_user(self, request, message, *args, **kwargs):
        if getattr(request, "is_about_page", False):
            message = _of_page(message)
        super().message_user(request, message, *args, **kwargs)


def _of_page(text):
    """Django's words about an article as those about a page; the title in them stays as its author wrote it."""
    changed = re.sub(r"\b(The|Add|Change|View) article\b", r"\1 page", str(text), count=1)
    return mark_safe(changed) if isinstance(text, SafeData) else changed  # noqa: S308 as safe as it was
