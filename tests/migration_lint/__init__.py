"""Finds migrations that stop a running site, or the version before them: squawk reads their SQL (decision 38)."""
