def send_due(now=None) -> int:
    return 0
