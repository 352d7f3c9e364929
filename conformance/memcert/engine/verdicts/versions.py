"""What took part in a run: the kit, distributions, the platform."""

from __future__ import annotations

import platform as _platform
import sys
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version


def kit_version() -> str:
    """Return the version of memcert."""
    return version("memcert")


def versions_of(distributions: Mapping[str, str]) -> dict[str, str]:
    """Return the versions of those distributions that this process has imported, by module.

    Args:
        distributions: the distributions by the module that is imported.
    """
    found = {}
    for module, distribution in sorted(distributions.items()):
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
