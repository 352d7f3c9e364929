"""What a run ran on, and how busy that was."""

from __future__ import annotations

import os
from pathlib import Path

from memcert.engine.verdicts.versions import platform
from memcert_reference import JSONValue


def machine() -> dict[str, JSONValue]:
    """Return what this machine is."""
    return {**platform(), "cores": os.cpu_count(), "processor": _processor()}


def load() -> float | None:
    """Return how many processes wanted to run over the last minute; None where nobody counts."""
    try:
        return round(os.getloadavg()[0], 2)
    except (AttributeError, OSError):
        return None


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return "unknown"
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, "unknown")
