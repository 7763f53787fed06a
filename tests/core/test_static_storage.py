"""An address of a static file is looked up once."""

import pytest
from whitenoise.storage import CompressedManifestStaticFilesStorage

from detoxsite.core.static_storage import StaticStorage


def test_an_address_is_looked_up_once_and_a_missing_file_again(monkeypatch):
    asked = []

    def look_up(self, name, force=False):
        asked.append(name)
        if name == "missing.css":
            raise ValueError(name)
        return f"/static/hashed.{name}"

    monkeypatch.setattr(CompressedManifestStaticFilesStorage, "url", look_up)
    storage = StaticStorage()

    assert [storage.url(name) for name in ("a.css", "b.css", "a.css")] == [
        f"/static/hashed.{name}" for name in ("a.css", "b.css", "a.css")
    ]
    for _ in range(2):
        with pytest.raises(ValueError, match="missing"):
            storage.url("missing.css")
    assert asked == ["a.css", "b.css", "missing.css", "missing.css"]
