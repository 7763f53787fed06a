"""Database triggers that keep rows as they were written, against the ORM and hand-written SQL alike."""

import pgtrigger

NO_TRUNCATE = pgtrigger.Trigger(
    name="not_emptied",
    when=pgtrigger.Before,
    operation=pgtrigger.Truncate,
    level=pgtrigger.Statement,
    func="RAISE EXCEPTION 'rows of this table are never deleted';",
)
APPEND_ONLY = [
    pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update, condition=pgtrigger.AnyChange()),
    pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
    NO_TRUNCATE,
]
