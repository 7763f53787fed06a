from datetime import timedelta

from django.core.management import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from detoxsite.core import migration_history
from detoxsite.core.project_version import project_version

from ... import compatibility, database_roles, migrating
from ...backup import last_backup

TRIES = 20
BACKUP_WITHIN = timedelta(hours=1)


class Command(BaseCommand):
    help = (
        "Migrates the database to this version while processes of the former one go on running: docs/deploy.md. "
        "A migration that does not get its lock gives up and says who holds it."
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="only say what would be done, and whether it is safe")
        parser.add_argument("--stopped", action="store_true", help="the site is stopped: what is not safe may run too")
        parser.add_argument("--without-backup", action="store_true", help="do without one of the last hour")
        parser.add_argument("--tries", type=int, default=TRIES, help="to get a lock (default: %(default)s)")

    def handle(self, *, check, stopped, without_backup, tries, **options):
        if not database_roles.may_migrate():
            raise CommandError("This database role may not migrate. Run this as the staff half.")
        self._refuse_what_cannot_be_upgraded()
        plan = compatibility.plan()
        self._say_what_comes(plan)
        if plan.refusals and not stopped:
            raise CommandError(
                "\n".join([*plan.refusals, "Nothing was changed. Stop the site, then run this with --stopped."])
            )
        if check:
            return
        if plan.pending and not without_backup:
            self._require_backup()
        try:
            with migrating.lock():
                migrating.migrate(tries=max(1, tries), only_grants=True, say=self.stdout.write)
        except migrating.LockRefused as exc:
            raise CommandError(f"{exc} The site goes on as it was. End that process, or try again later.") from exc
        self._say_how_to_go_on()

    def _refuse_what_cannot_be_upgraded(self):
        if not MigrationRecorder(connection).has_table():
            raise CommandError("This database is empty. Start the site, which prepares it, or restore a backup.")
        if errors := migration_history.check_history(databases=["default"]):
            raise CommandError("\n".join(f"{error.msg} {error.hint}" for error in errors))

    def _say_what_comes(self, plan):
        self.stdout.write(f"Version {plan.running} migrated this database last. This is {project_version()}.")
        if plan.unknown:
            self.stdout.write(f"It has what this version does not know, and runs with: {', '.join(plan.unknown)}.")
        for name in plan.pending:
            self.stdout.write(f"  to be applied: {name}")
        if not plan.pending:
            self.stdout.write("Nothing is to be migrated.")

    def _require_backup(self):
        age = last_backup.age()
        if age is None or age > BACKUP_WITHIN:
            raise CommandError("There is no backup of the last hour. Make one first (manage.py backup FILE).")

    def _say_how_to_go_on(self):
        oldest = migration_history.read_note(connection).oldest_code
        self.stdout.write(
            f"The database has the schema of version {project_version()}. Code of version {oldest} and newer runs on "
            "it. Now reload the site (SIGHUP). To go back, install the former version and reload: the schema stays."
        )
