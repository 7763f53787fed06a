"""Articles in Wagtail."""
