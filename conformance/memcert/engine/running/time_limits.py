"""How long the parts of a concurrent run may take."""

from __future__ import annotations

SOON_SECONDS = 5.0
"""How long an operation may take before it counts as hanging, in seconds."""

STOP_SECONDS = 1.0
"""How long what hangs may go on after it was told to stop, in seconds."""

CLOSE_SECONDS = 5.0
"""How long closing a memory may take, in seconds."""
