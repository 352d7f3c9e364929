"""An emulator of Alibaba Cloud Tablestore, for the vendor's own clients.

``emulator()`` starts one; ``python -m tablestore_emulator`` runs one until it is
interrupted. README.md says what it does as the service does, and what is a guess. It imports
nothing else of memcert.
"""

from __future__ import annotations

from tablestore_emulator.control_client import Control
from tablestore_emulator.running import (
    EmulatorUnavailable,
    RunningEmulator,
    emulator,
)

__all__ = ["Control", "EmulatorUnavailable", "RunningEmulator", "emulator"]
