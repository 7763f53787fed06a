"""The embedded server for tests: its data need not survive a crash, so nothing waits for the disk."""

from detoxsite.ops.embedded_postgres import DatabaseInUse, Postgres
from detoxsite.ops.process_manager import embedded

QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_wal_size=4GB")


class QuickPostgres(Postgres):
    def _command(self, program: str, *arguments: str) -> list[str]:
        quick = [part for setting in QUICK for part in ("-c", setting)] if program == "postgres" else []
        return super()._command(program, *arguments, *quick)


def start() -> Postgres | None:
    """Start the embedded server; None if DATABASE_URL names another or one is already running for these tests."""
    if not (ordinary := embedded()):
        return None
    server = QuickPostgres(ordinary.folder)
    try:
        server.start()
    except DatabaseInUse:
        return None
    return server
