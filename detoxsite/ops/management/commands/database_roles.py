from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.db import DatabaseError

from ... import database_roles


class Command(BaseCommand):
    help = (
        "Gives the database role of the public half the rights it needs, and takes all others from it. Run it as the "
        "owner of the tables, after a restore too; each migration repeats it where PUBLIC_DATABASE_ROLE is set."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--public",
            default=settings.PUBLIC_DATABASE_ROLE,
            metavar="ROLE",
            help="the role, which has to exist (createuser). By default: PUBLIC_DATABASE_ROLE",
        )
        parser.add_argument("--only-grants", action="store_true", help="take no right away")
        parser.add_argument("--sql", action="store_true", help="print the statements, and do nothing")

    def handle(self, *, public, only_grants, sql, **options):
        if not public:
            raise CommandError("Name the role: --public ROLE, or set PUBLIC_DATABASE_ROLE.")
        if sql:
            statements = database_roles.statements(public, only_grants=only_grants)
            return self.stdout.write("".join(f"{statement};\n" for statement in statements))
        try:
            database_roles.grant(public, only_grants=only_grants)
        except database_roles.NoSuchRole:
            raise CommandError(f'There is no role "{public}". Create it first: createuser {public}') from None
        except DatabaseError as exc:
            raise CommandError(f"Nothing was changed. {str(exc).strip()}") from exc
        self.stdout.write(f"{public}: has the rights of the public half{'' if only_grants else ', and no others'}.")
