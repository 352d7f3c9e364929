"""The tables of release 0.1.0, and the version."""

from __future__ import annotations

from collections.abc import Callable

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade(create: Callable[[], None]) -> None:
    """Make what is not there: everything, or what release 0.1.0 had not yet.

    Args:
        create: makes it.
    """
    create()
