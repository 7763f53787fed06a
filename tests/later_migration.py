"""A migration after the last one of the ground floor, as a next version would bring it."""

from django.db import migrations
from django.db.migrations.loader import MigrationLoader

KEY = LABEL, NAME = "detoxsite", "9999_later"


def add(monkeypatch, *operations, is_atomic: bool = True) -> None:
    """Let every loader find it, until ``monkeypatch`` is undone."""
    build_graph = MigrationLoader.build_graph

    def with_one_more(loader):
        build_graph(loader)
        [leaf] = loader.graph.leaf_nodes(LABEL)
        migration = type("Later", (migrations.Migration,), {"atomic": is_atomic})(NAME, LABEL)
        migration.operations, migration.dependencies = list(operations), [leaf]
        loader.disk_migrations[KEY] = migration
        loader.graph.add_node(KEY, migration)
        loader.graph.add_dependency(migration, KEY, leaf)

    monkeypatch.setattr(MigrationLoader, "build_graph", with_one_more)
