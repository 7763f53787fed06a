"""Media in a storage service that speaks S3. Imported only where MEDIA_STORAGE_URL names one.

Visitors get the files from this site (``pages/media.py``): their browsers never talk to another host.
"""

from contextlib import contextmanager

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.files.base import ContentFile
from django.utils.encoding import filepath_to_uri
from storages.backends.s3 import S3Storage
from storages.utils import clean_name

from .exceptions import MediaUnavailable

MISSING = {"404", "NoSuchKey", "NotFound"}
CLIENT = Config(
    connect_timeout=2,  # seconds; a thread that waits here serves nobody
    read_timeout=5,
    retries={"total_max_attempts": 2},
    s3={"addressing_style": "path"},
)


@contextmanager
def _understood(name: str):
    """Raise FileNotFoundError or MediaUnavailable in place of what the library raises."""
    try:
        yield
    except (BotoCoreError, ClientError) as exc:
        if isinstance(exc, ClientError) and exc.response["Error"]["Code"] in MISSING:
            raise FileNotFoundError(name) from None
        raise MediaUnavailable(type(exc).__name__) from exc


class S3MediaStorage(S3Storage):
    """As a folder would be: a file that is not there raises FileNotFoundError, and a name is never used twice."""

    def get_default_settings(self):
        own = {"client_config": CLIENT, "file_overwrite": False, "default_acl": None, "addressing_style": "path"}
        return super().get_default_settings() | own

    def url(self, name, **kwargs):
        return settings.MEDIA_URL + filepath_to_uri(name)

    def _open(self, name, mode="rb"):
        """The whole file in memory, from one request."""
        with _understood(name):
            found = self.bucket.Object(clean_name(name)).get()
            return ContentFile(found["Body"].read(), name=name)

    def read_part(self, name: str, start: int, end: int) -> bytes:
        """The bytes from ``start`` to before ``end``, from one request."""
        with _understood(name):
            return self.bucket.Object(clean_name(name)).get(Range=f"bytes={start}-{end - 1}")["Body"].read()

    def size(self, name):
        with _understood(name):
            return super().size(name)

    def _save(self, name, content):
        with _understood(name):
            return super()._save(name, content)

    def exists(self, name):
        with _understood(name):
            return super().exists(name)

    def delete(self, name):
        with _understood(name):
            super().delete(name)

    def listdir(self, name):
        with _understood(name):
            return super().listdir(name)

    def get_modified_time(self, name):
        with _understood(name):
            return super().get_modified_time(name)
