"""The template tag ``part``: what looks the same on many pages is rendered once for each site profile.

    {% part "header" section=page.section here=page.here %} … {% endpart %}

Inside, a template sees ``center`` and the variables named in the tag, and nothing else, so that a part cannot depend on
what its key leaves out. The rendered text is kept on the site profile: a profile that is read again has no parts yet.
The values are text, numbers, booleans or None. ``docs/decisions/0028-shell.md``.
"""

from django import template
from django.template.base import token_kwargs
from django.template.loader_tags import BlockNode, ExtendsNode
from django.utils.safestring import SafeString

register = template.Library()

MAX_PARTS = 500  # of one profile; a variable with more values does not belong into a part
_KEPT_TYPES = (str, SafeString, int, bool, type(None))


class PartNode(template.Node):
    child_nodelists = ()  # holds no block, so a template that extends this one need not look for any

    def __init__(self, name: str, variables: dict, nodelist: template.NodeList) -> None:
        self.name, self.variables, self.nodelist = name, variables, nodelist

    def __repr__(self):
        return f"<Part {self.name}>"

    def render(self, context):
        center = context["center"]
        values = {name: value.resolve(context) for name, value in self.variables.items()}
        for name, value in values.items():
            if type(value) not in _KEPT_TYPES:
                raise TypeError(f"Part {self.name}: {name} is no text, number or boolean.")
        # types too: True and 1, or safe and unsafe text, are equal and do not look the same
        key = (self.name, context.autoescape, *((type(value), value) for value in values.values()))
        kept = getattr(center, "rendered_parts", None)
        if kept is None:  # a page that is finished at sign-off has slots in place of the profile: nothing to keep
            return self.nodelist.render(context.new({"center": center, **values}))
        text = kept.get(key)
        if text is None:
            text = self.nodelist.render(context.new({"center": center, **values}))
            if len(kept) < MAX_PARTS:
                kept[key] = text
        return text


@register.tag
def part(parser, token):
    """``{% part "name" variable=value … %}``. Each name belongs to one place in one template."""
    _, *bits = token.split_contents()
    if not bits or bits[0][:1] != bits[0][-1:] or bits[0][0] not in "'\"":
        raise template.TemplateSyntaxError("part needs a name in quotation marks.")
    name, bits = bits[0][1:-1], bits[1:]
    variables = token_kwargs(bits, parser)
    if bits:
        raise template.TemplateSyntaxError(f"part {name}: name each variable, as in section=page.section.")
    nodelist = parser.parse(("endpart",))
    parser.delete_first_token()
    if nodelist.get_nodes_by_type((BlockNode, ExtendsNode)):
        raise template.TemplateSyntaxError(f"part {name}: a block would differ from page to page.")
    return PartNode(name, variables, nodelist)
