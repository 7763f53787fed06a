"""Write the diagrams of docs/data-model/, or with --check name those that are out of date."""

import os
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "data-model"


def drawings() -> dict[Path, str]:
    """The file and content of each diagram."""
    from .describe import APPS, tables
    from .svg import draw

    return {FOLDER / f"{app}.svg": draw(f"Data model of {app}", tables(app)) for app in APPS}


def main() -> int:
    stale = [path for path, text in drawings().items() if not path.exists() or path.read_text() != text]
    for path in stale:
        sys.stdout.write(f"{path.name} {'is out of date' if '--check' in sys.argv else 'written'}\n")
        if "--check" not in sys.argv:
            path.write_text(drawings()[path])
    return int("--check" in sys.argv and bool(stale))


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    sys.exit(main())
