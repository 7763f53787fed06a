"""Addresses of static files, looked up once in each process: an editor's page has eighty."""

from functools import cached_property

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):
    """The files do not change while a process runs: a new version of the site starts new ones."""

    @cached_property
    def _urls(self) -> dict[tuple[str, bool], str]:
        return {}

    def url(self, name, force=False):
        if (name, force) not in self._urls:
            self._urls[name, force] = super().url(name, force)
        return self._urls[name, force]
