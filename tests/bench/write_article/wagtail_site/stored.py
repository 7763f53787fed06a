"""Prints what the newest revision of an article holds: the kinds of its blocks, its headings and lists.

``python stored.py TITLE``
"""

import os
import sys

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
django.setup()

from journal.models import Article  # noqa: E402 after the setup

body = Article.objects.get(title=sys.argv[1]).get_latest_revision_as_object().body
html = "".join(block.value.source for block in body if block.block_type == "paragraph")
lists = html.count("<ul>") + html.count("<ol>")
lines = [*(block.block_type for block in body), f"headings: {html.count('<h2')}", f"lists: {lists}"]
sys.stdout.write("\n".join(lines))
