"""How long the parts of a concurrent run may take."""

from __future__ import annotations

SOON_SECONDS = 5.0
"""How long an operation may take before it counts as hanging, in seconds."""

TOLD_SECONDS = 0.5
"""What a backend is told that its operations may take where the server is silent, in seconds."""

UNTOLD_SECONDS = 35.0
"""How long they may take where it cannot be told, in seconds: half a minute, as people wait."""

STOP_SECONDS = 1.0
"""How long what hangs may go on after it was told to stop, in seconds."""

CLOSE_SECONDS = 5.0
"""How long closing a memory may take, in seconds."""
