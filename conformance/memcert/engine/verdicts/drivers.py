"""Which drivers decide what a backend does, for its certificate."""

from __future__ import annotations

import inspect

from memcert.engine.verdicts.imports import reachable_from
from memcert.engine.verdicts.versions import versions_of
from memcert_backends.backend import Backend
from memcert_backends.catalogue import ROWS, STORES

KNOWN = {module: name for row in ROWS for module, name in row.drivers.items()}
"""Every driver that the catalogue knows: the distribution by the module that is imported."""

GENERATOR = {"hypothesis": "hypothesis"}
"""What draws the programs: another version may draw others."""


def drivers(backend: Backend) -> dict[str, str]:
    """Return the versions of a backend's drivers that this process has imported, by module.

    On a store of the catalogue they are those of its row. Elsewhere they are the known ones that
    its module, or another of its package, imports: what other backends left in this process is
    none of its own.

    Args:
        backend: the backend.
    """
    known = STORES[backend.store].drivers if backend.store in STORES else {}
    if not known:
        modules = reachable_from(inspect.unwrap(backend.open).__module__)
        reachable = {each.partition(".")[0] for each in modules}
        known = {module: name for module, name in KNOWN.items() if module in reachable}
    return versions_of({**known, **GENERATOR})


def known_drivers() -> dict[str, str]:
    """Return the versions of all known drivers that this process has imported, by module."""
    return versions_of({**KNOWN, **GENERATOR})
