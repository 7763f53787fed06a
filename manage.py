#!/usr/bin/env python3
"""The command line. With the embedded database, use script/manage: it starts the server where none runs."""

import os
import sys

if __name__ == "__main__":
    from detoxsite.core.encryption import new_keys

    if new_keys.are_wanted(sys.argv[1:]):  # before Django: without keys there are no settings
        sys.exit(new_keys.write(sys.argv[1:]))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "detoxsite.settings")
    if sys.argv[1:2] != ["worker"]:  # commands migrate, dump, lock and wait: not through a pooler
        os.environ.setdefault("DETOX_DIRECT", "1")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import OperationalError, ProgrammingError

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as exc:  # of the settings: a person reads this
        sys.exit(str(exc))
    except (OperationalError, ProgrammingError) as exc:
        match getattr(exc.__cause__, "pgcode", ""):
            case None:  # not from the server
                sys.exit(f"The database cannot be reached: {exc}")
            case "42P01":  # no such table
                sys.exit("The database has not been prepared for this version. Run the command bootstrap first.")
        raise
