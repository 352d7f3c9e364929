"""What took part in a run: the kit, the drivers, the platform."""

from __future__ import annotations

import platform as _platform
import sys
from importlib.metadata import PackageNotFoundError, version

DRIVERS = {
    "aiomysql": "aiomysql",
    "aiosqlite": "aiosqlite",
    "asyncmy": "asyncmy",
    "asyncpg": "asyncpg",
    "fakeredis": "fakeredis",
    "greenlet": "greenlet",
    "hiredis": "hiredis",
    "hypothesis": "hypothesis",
    "lupa": "lupa",
    "psycopg": "psycopg",
    "pymysql": "PyMySQL",
    "redis": "redis",
    "sqlalchemy": "SQLAlchemy",
}
"""Distributions that decide what a store does, by the module that is imported."""


def kit_version() -> str:
    """Return the version of memcert."""
    return version("memcert")


def drivers() -> dict[str, str]:
    """Return the versions of the drivers that this process has imported."""
    found = {}
    for module, distribution in DRIVERS.items():
        if module in sys.modules:
            try:
                found[module] = version(distribution)
            except PackageNotFoundError:
                found[module] = "unknown"
    return found


def platform() -> dict[str, str]:
    """Return what the run ran on."""
    return {
        "python": _platform.python_version(),
        "implementation": _platform.python_implementation(),
        "system": _platform.system(),
        "release": _platform.release(),
        "machine": _platform.machine(),
    }
