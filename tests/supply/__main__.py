"""Write docs/licenses.md; with the file that cyclonedx-py wrote, the last step of script/sbom, finish that first."""

import sys
from pathlib import Path

from . import bom, licenses


def main(bills: list[str]) -> None:
    for name in bills:
        bom.finish(Path(name))
    licenses.DOCUMENT.write_text(licenses.document())
    sys.stdout.write(f"{' and '.join([*bills, licenses.DOCUMENT.name])}: {len(licenses.pins())} packages\n")


if __name__ == "__main__":
    main(sys.argv[1:])
