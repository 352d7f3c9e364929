"""Writing files so that nobody ever finds half of one."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


class Unwritable(Exception):
    """A folder cannot be written to; one line that says why."""


def write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all.

    Args:
        path: the file; its folder is made.
        text: what it holds, written as UTF-8.

    Raises:
        Unwritable: it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
            # A temporary file is for its owner only; a report is for whoever may read the folder.
            Path(name).chmod(0o644)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise Unwritable(f"{path} cannot be written: {error.strerror}") from error


def check_writable(folder: Path) -> None:
    """Make a folder and make sure that files can be written there, before any long work.

    Args:
        folder: the folder.

    Raises:
        Unwritable: it is not a folder, or nothing can be written there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise Unwritable(f"the folder {folder} cannot be written to: {error.strerror}") from error
