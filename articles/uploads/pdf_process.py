"""Reads a PDF in a process of its own, with little memory and time: a small file may unpack to gigabytes.

As a program: the file on standard input; on standard output a JSON object with what was measured, or ``refusal``.
"""

import io
import json
import resource
import subprocess  # noqa: S404 our own interpreter
import sys
from pathlib import Path

MEMORY = 768 * 1024 * 1024  # bytes of address space
CPU_SECONDS = 30
TIMEOUT = 60  # seconds
_ROOT = Path(__file__).resolve().parents[2]


def measured(content: bytes) -> dict:
    """What ``pdf.read`` found. Raises ValueError where the process ends without an answer."""
    program = [sys.executable, "-m", "articles.uploads.pdf_process", str(MEMORY)]
    try:
        done = subprocess.run(program, input=content, capture_output=True, cwd=_ROOT, env={}, timeout=TIMEOUT)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise ValueError("too slow") from None
    if done.returncode:
        raise ValueError("no answer")
    return json.loads(done.stdout)


def main() -> None:
    from django.core.exceptions import ValidationError

    from . import pdf

    resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]),) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    try:
        answer = pdf.read(io.BytesIO(sys.stdin.buffer.read()))
    except ValidationError as exc:
        answer = {"refusal": exc.message}
    except Exception:  # on a hostile file a parser may raise anything, and run out of memory
        answer = {"refusal": pdf.UNREADABLE}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
