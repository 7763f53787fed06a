"""Sends one message through Apprise, in a process of its own: ``python -m detoxsite.ops.monitoring.push < message``.

The message is JSON with ``urls``, ``title`` and ``body``, read from standard input: Apprise's URLs hold secrets, which
do not belong into arguments or the environment. Its plugins take memory that no web process should keep. Writes the
number of URLs that took the message. Imports nothing of the site.
"""

import json
import sys

from apprise import Apprise, AppriseAsset, PersistentStoreMode


def send(urls: list[str], title: str, body: str) -> int:
    """The number of URLs whose service took the message."""
    asset = AppriseAsset(app_id="Detoxsite", app_url="", storage_mode=PersistentStoreMode.MEMORY)
    taken = 0
    for url in urls:
        channel = Apprise(asset=asset)
        taken += bool(channel.add(url) and channel.notify(title=title, body=body))
    return taken


if __name__ == "__main__":
    sys.stdout.write(f"{send(**json.load(sys.stdin))}\n")
