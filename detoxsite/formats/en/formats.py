"""How dates and times are written: as everywhere else on these pages, not in Django's "Nov. 29, 2026, 11:22 a.m."."""

DATE_FORMAT = "M j, Y"
TIME_FORMAT = "g:i A"
DATETIME_FORMAT = "M j, Y, g:i A"
