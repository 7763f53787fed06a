"""Names for browsers on the page of devices: “Firefox on Android” in place of the User-Agent header.

The header is whatever the client sends, so nothing of it is shown: a name consists of words from these tables.
"""

BROWSERS = {  # part of the header: name; the first that is found, since most of them also claim to be a later one
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser/": "Samsung Internet",
    "Firefox/": "Firefox",
    "FxiOS/": "Firefox",
    "Chrome/": "Chrome",
    "CriOS/": "Chrome",
    "Safari/": "Safari",
}
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "CrOS": "ChromeOS",
    "Windows": "Windows",
    "Macintosh": "Mac",
    "Linux": "Linux",
}


def name_of(user_agent: str) -> str:
    browser, system = _first(BROWSERS, user_agent) or "Unknown browser", _first(SYSTEMS, user_agent)
    return f"{browser} on {system}" if system else browser


def _first(table: dict[str, str], user_agent: str) -> str:
    return next((name for part, name in table.items() if part in user_agent), "")
