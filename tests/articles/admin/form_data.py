"""The form data that a browser would send for the page of an edition."""


def form_data(response) -> dict:
    """``response``: of the test client, to a GET of the page or a refused POST."""
    form = response.context["adminform"].form
    formsets = [inline.formset for inline in response.context["inline_admin_formsets"]]
    parts = [form, *(part for formset in formsets for part in [formset.management_form, *formset.forms])]
    bound = [field for part in parts for field in part]
    return {field.html_name: value for field in bound if (value := field.value()) is not None and value is not False}
