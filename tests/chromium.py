"""The browser of the tests, which can reach nothing but this machine."""

import os

# The headless shell is the same engine without the windows of a desktop: a page costs a third of the computing time.
WHOLE_CHROMIUM = "/usr/bin/chromium"
CHROMIUMS = ("/usr/bin/chromium-headless-shell", WHOLE_CHROMIUM)
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(os.path.exists, CHROMIUMS), CHROMIUMS[-1])
OPTIONS = {
    "executable_path": CHROMIUM,
    "args": [
        *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
        *("--disable-component-update", "--disable-sync"),
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    ],
}
