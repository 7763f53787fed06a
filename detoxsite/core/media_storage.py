"""Where pictures lie: in a folder, or in a storage service that several machines share."""

from importlib.util import find_spec
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

FORM = "s3://ACCESS_KEY:SECRET_KEY@HOST/BUCKET?region=REGION"


def storage_of(url: str) -> dict:
    """The entry of ``STORAGES`` for MEDIA_STORAGE_URL: FORM, or empty for the folder MEDIA_ROOT.

    ``tls=0`` in its query string: without TLS, for a service on the same machine. Raises ImproperlyConfigured, without
    a word of the URL: it holds a secret.
    """
    if not url:
        return {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    try:
        parts = urlsplit(url)
        query = {name: values[-1] for name, values in parse_qs(parts.query, strict_parsing=bool(parts.query)).items()}
        host = f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname
        bucket = parts.path.strip("/")
    except ValueError:
        raise ImproperlyConfigured(f"MEDIA_STORAGE_URL has to look like {FORM}.") from None
    is_complete = all([parts.scheme == "s3", parts.username, parts.password, host, bucket, "/" not in bucket])
    if not is_complete or query.keys() - {"region", "tls"}:
        raise ImproperlyConfigured(f"MEDIA_STORAGE_URL has to look like {FORM}.")
    if find_spec("storages") is None:
        raise ImproperlyConfigured("MEDIA_STORAGE_URL needs the packages of script/requirements-s3.txt.")
    options = {
        "access_key": unquote(parts.username),
        "secret_key": unquote(parts.password),
        "endpoint_url": f"{'http' if query.get('tls') == '0' else 'https'}://{host}",
        "bucket_name": bucket,
        "region_name": query.get("region", "us-east-1"),
    }
    return {"BACKEND": "detoxsite.core.s3_storage.S3MediaStorage", "OPTIONS": options}
