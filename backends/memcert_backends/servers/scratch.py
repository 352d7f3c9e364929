"""Where the files of a store are that lives no longer than a run."""

from __future__ import annotations

import os
import shutil

_IN_MEMORY = "/dev/shm"  # noqa: S108 - files there have folders of their own, with new names
_LEAST_BYTES = 2**30


def scratch_folder() -> str | None:
    """Return a folder in memory for temporary files; None for the usual one.

    Processes are killed here, and not machines: what was written is there afterwards, on whatever
    file system, and a disk would only be waited for. A user who names a folder (``TMPDIR``) gets
    it, and so does a machine whose memory has less than a GiB of room.
    """
    if os.environ.get("TMPDIR"):
        return None
    try:
        room = shutil.disk_usage(_IN_MEMORY).free
    except OSError:
        return None
    return _IN_MEMORY if room > _LEAST_BYTES and os.access(_IN_MEMORY, os.W_OK) else None
