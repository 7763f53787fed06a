"""The base of the views behind public forms: no cookie, no session, no script, and nothing typed is lost."""

import functools

from django.conf import settings
from django.http import Http404, HttpResponseRedirect
from django.utils.decorators import method_decorator
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic.edit import FormView

from ..page_cache import finished_page, hole
from .tokens import read_token


class NotStored(Exception):
    """The form could not be written anywhere; the visitor has to know."""


class Redisplay(Exception):
    """Nothing is stored; the form is shown again with all that was typed, and ``context`` for its template."""

    def __init__(self, status: int, **context):
        self.status, self.context = status, context


@functools.cache
def _address_of(view_class) -> str:
    """The view's ``success_url``, looked up once: a ``reverse_lazy`` would be with each form."""
    return str(view_class.success_url)


class PublicFormView(FormView):
    """Show a PublicForm, check what comes back, hand it to ``store`` and redirect.

    Refused input is shown again with its errors (422); so is a form whose token is missing or too old (403).
    The empty form may be kept by the browser for its Back button, so that going back and sending again uses the
    same key; a page that holds someone's text is kept nowhere.
    """

    http_method_names = ["get", "head", "post", "options"]
    areas: tuple[str, ...] = ()  # what the empty form shows; if it shows the same to everyone, it is a finished page
    except_cookie = ""  # a finished page: the cookie of those who are shown something else (page_cache.finished_page)

    @classmethod
    def as_view(cls, **kwargs):
        """Exempt the view from Django's cookie check (our token replaces it) and its fields from error reports.

        Done here and not on ``dispatch``, so that a view with a ``dispatch`` of its own does not lose it.
        """
        view = csrf_exempt(sensitive_post_parameters()(super().as_view(**kwargs)))
        return finished_page(*cls.areas, except_cookie=cls.except_cookie)(view) if cls.areas else view

    def dispatch(self, request, *args, **kwargs):
        if "public" not in settings.SITES:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_success_url(self):
        return _address_of(type(self))

    def get_page(self, *, error: bool):
        """The metadata of the page; ``error`` where the form is shown again."""
        raise NotImplementedError

    def token_context(self) -> str:
        """What the form's token carries and ``self.token.context`` holds when the form comes back."""
        return ""

    def hold_files(self, form):
        """Keep files, which a browser does not send again, even where the form is refused. Raises NotStored."""

    def store(self, form):
        """Save a valid form and return what ``prepare_redirect`` needs. Raises NotStored or Redisplay."""
        raise NotImplementedError

    def prepare_redirect(self, response, stored):
        """Put what the next page needs onto the redirect."""

    @method_decorator(cache_control(private=True, no_cache=True))
    def get(self, request, *args, **kwargs):
        return super().get(request, *args, **kwargs)

    def get_initial(self):
        return {**super().get_initial(), "key": hole(self.request, "form_key")}

    @method_decorator(never_cache)
    def post(self, request, *args, **kwargs):
        form = self.get_form()
        self.token = read_token(request)
        if self.token is None:
            return self.render_form(form, status=403, stale=True)
        try:
            self.hold_files(form)
            if not form.is_valid():
                return self.render_form(form, status=422)
            stored = self.store(form)
        except NotStored:
            return self.render_form(form, status=503, not_stored=True)
        except Redisplay as exc:
            return self.render_form(form, status=exc.status, **exc.context)
        response = HttpResponseRedirect(self.get_success_url())
        self.prepare_redirect(response, stored)
        return response

    def render_form(self, form, /, *, status, **context):
        context = {"form": form, "page": self.get_page(error=status >= 400), **context}
        return self.render_to_response(self.get_context_data(**context), status=status)

    def get_context_data(self, **kwargs):
        kwargs.setdefault("page", self.get_page(error=False))
        token = hole(self.request, "form_token", self.token_context())
        return super().get_context_data(token=token, **kwargs)
