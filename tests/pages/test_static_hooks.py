"""A name that a stylesheet or script looks for is a name that some page carries, also after one of them is renamed."""

import re
from itertools import chain

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin

STATIC = settings.BASE_DIR / "detoxsite" / "static"
APPS = ("detoxsite", "articles", "intake", "testimonials")
# what Django's admin and the block editor put on the page
FOREIGN = re.compile(
    r"ProseMirror|prose-editor|model-|submit-row|column-|theme$|v(LargeText|URL)Field$"
    r"|(action-select|cancel-link|closelink|delete-confirmation|deletelink|fieldset-heading|form-multiline)$"
    r"|(related-widget-wrapper|this-page|timezonewarning|action-checkbox-column)$|^model-"
)
READS_CLIPBOARDS = re.compile(r"paste-")  # what they look for is in the HTML of word processors, not on our pages
OF_PAGE_BLOCKS = {"qa", "sea", "sky"}  # questions, and faces drawn for people: blocks of pages, in docs/design.md
MADE_FROM_A_NUMBER = re.compile(r"-\d$")  # urgency-3, shade-2


def _read(folder, *endings):
    return "\n".join(
        path.read_text() for path in sorted(folder.rglob("*")) if path.is_file() and path.name.endswith(endings)
    )


@pytest.fixture(scope="module")
def pages():
    python = [_read(settings.BASE_DIR / app, ".py") for app in APPS]
    names = re.findall(r"[\w-]+", "\n".join([_read(settings.BASE_DIR / "templates", ".html", ".txt"), *python]))
    return set(names)


def _selectors(css):
    return " ".join(re.findall(r"([^{};]+)\{", re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)))


def _style_classes():
    return set(re.findall(r"\.([A-Za-z][\w-]*)", _selectors(_read(STATIC / "css", ".css"))))


def test_each_form_field_or_column_of_a_list_with_a_style_of_its_own_exists():
    models = chain.from_iterable(apps.get_app_config(app).get_models() for app in APPS)
    fields = {field.name for model in models for field in model._meta.get_fields()}
    lists = chain.from_iterable(one.list_display for one in admin.site._registry.values())
    columns = {getattr(column, "__name__", column) for column in lists}
    styled = {name.removeprefix("field-") for name in _style_classes() if name.startswith("field-")}

    assert styled
    assert styled - fields - columns == set()


def test_each_class_with_a_style_is_on_a_page(pages):
    scripts = set(re.findall(r"[\w-]+", _read(STATIC / "js", ".js")))
    ours = {name for name in _style_classes() if not name.startswith("field-") and not FOREIGN.search(name)}
    known = {MADE_FROM_A_NUMBER.sub("-", name) for name in ours}

    assert known - pages - scripts - OF_PAGE_BLOCKS == set()


def test_each_data_attribute_a_script_or_style_looks_for_is_on_a_page(pages):
    scripts = (path for path in sorted((STATIC / "js").glob("*.js")) if not READS_CLIPBOARDS.match(path.name))
    code = "\n".join(path.read_text() for path in scripts)
    camel = re.findall(r"dataset\.(\w+)", code)
    wanted = {"data-" + re.sub(r"[A-Z]", lambda letter: f"-{letter[0].lower()}", name) for name in camel}
    wanted |= set(re.findall(r"\[(data-[\w-]+)", code + _selectors(_read(STATIC / "css", ".css"))))
    set_by_scripts = {"data-commented", "data-insert", "data-reached", "data-shown", "data-tone"}
    ours = {name for name in wanted if not FOREIGN.search(name)}

    assert ours - pages - set_by_scripts == set()
