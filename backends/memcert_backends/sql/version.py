"""Of which version the tables in a database are, and which ones this release works with.

The version is the id of the last revision in `memcert_backends.sql.migrations`, in a table of one
row, which is alembic's own: ``memcert_schema_version`` for the prefix ``memcert_``. Tables without
it are those of release 0.1.0, which are as revision 0001 has them.
"""

from __future__ import annotations

from memcert_backends.unusable import NewerFormat, Unusable

VERSION = "0001"
"""The version that this release creates, and migrates to."""

KNOWN = frozenset({VERSION})
"""The versions that this release reads and changes right."""


class NewerSchema(NewerFormat):
    """The tables are of a version that this release does not know: a later one migrated them.

    Args:
        table: the table that says so.
        versions: what it says.
    """

    def __init__(self, table: str, versions: list[str]) -> None:
        super().__init__(
            f"the tables are of version {', '.join(sorted(versions))} ({table}), which this"
            f" release of memcert does not know; it knows {', '.join(sorted(KNOWN))}: nothing was"
            " read or changed; install the release that migrated them, or a later one"
        )


class MissingTables(Unusable):
    """One of the tables is not there, or all of them are missing and may not be created."""
