"""Fills the Wagtail site: an index of articles, a topic, a picture, and an account that is signed in.

Prints the key of the session. ``python prepare.py PICTURE TITLE``
"""

import os
import sys
from pathlib import Path

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
django.setup()

from django.contrib.auth import get_user_model  # noqa: E402 after the setup
from django.core.files.images import ImageFile  # noqa: E402
from django.test import Client  # noqa: E402
from journal.models import ArticleIndex, Topic  # noqa: E402
from wagtail.images.models import Image  # noqa: E402
from wagtail.models import Page, Site  # noqa: E402

picture, title = Path(sys.argv[1]), sys.argv[2]
home = Page.objects.get(depth=2)
home.add_child(instance=ArticleIndex(title="Articles", slug="articles"))
Site.objects.update(root_page=home)
Topic.objects.bulk_create(Topic(name=name) for name in ("Alcohol", "Opioids", "Withdrawal"))
with picture.open("rb") as file:
    Image.objects.create(title=title, file=ImageFile(file, name=picture.name))
user = get_user_model().objects.create_superuser("editor", "editor@example.org", None)
client = Client()
client.force_login(user)
sys.stdout.write(client.cookies["sessionid"].value)
