"""A Wagtail site for the length of a run: its environment, its database, its server."""

import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from tests.site_process import TIMEOUT, free_port

SOURCE = Path(__file__).with_name("wagtail_site")
RELEASE = "wagtail==8.*"


class WagtailSite:
    """``session``: the key of the session in which an editor is signed in; ``version`` of Wagtail."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.origin = f"http://127.0.0.1:{self.port}"
        self._python = folder / "environment/bin/python"
        environment = {"PATH": os.environ["PATH"], "WAGTAIL_FOLDER": str(folder), "DJANGO_SETTINGS_MODULE": "settings"}
        self._options = {"cwd": folder / "site", "env": environment}

    def start(self, picture: Path, title: str) -> None:
        """Install, prepare and serve; ``picture`` is in the library by this title."""
        self.folder.mkdir()
        subprocess.run([sys.executable, "-m", "venv", self.folder / "environment"], check=True)
        subprocess.run(
            [self._python, "-m", "pip", "install", "--quiet", RELEASE], check=True, stderr=subprocess.DEVNULL
        )
        shutil.copytree(SOURCE, self.folder / "site")
        self.version = self._run("-c", "import wagtail; print(wagtail.__version__)")
        self._run("-m", "django", "makemigrations", "journal")
        self._run("-m", "django", "migrate")
        self.session = self._run("prepare.py", str(picture), title)
        command = [self._python, "-m", "django", "runserver", "--insecure", "--noreload", f"127.0.0.1:{self.port}"]
        with (self.folder / "log").open("w") as log:
            self._server = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, **self._options)
        self._wait()

    def stop(self) -> None:
        if hasattr(self, "_server"):
            self._server.terminate()
            self._server.wait(TIMEOUT)

    def stored(self, title: str) -> list[str]:
        """What the article of this title holds: its blocks, and how many headings and lists."""
        return self._run("stored.py", title).splitlines()

    def _run(self, *command: str) -> str:
        done = subprocess.run(
            [self._python, *command],
            check=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            **self._options,
        )
        return done.stdout.strip()

    def _wait(self) -> None:
        deadline = time.monotonic() + TIMEOUT
        while time.monotonic() < deadline:
            try:
                urllib.request.urlopen(f"{self.origin}/admin/login/", timeout=TIMEOUT).close()  # noqa: S310 our own
            except urllib.error.URLError:
                time.sleep(0.2)
            else:
                return
        raise RuntimeError((self.folder / "log").read_text())
