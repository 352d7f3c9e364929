"""What Ctrl-C does where there is nothing to tidy up: before a command begins, and after it ended.

It imports next to nothing, since it is what the command line imports first.
"""

from __future__ import annotations

import os
import signal
import sys

TYPE_CHECKING = False  # That of `typing`, which takes its time.
if TYPE_CHECKING:
    from types import FrameType
    from typing import NoReturn

STATUS = 130
"""The exit status, as shells say it: 128 and the number of SIGINT."""

LINE = "Error: interrupted\n"
"""What is said, on standard error."""


def leave_when_interrupted() -> None:
    """Have Ctrl-C end this process in one line, unless its parent has it ignored.

    Nothing is raised: what is being imported, or taken apart at the end, would drop an exception,
    or complain of it.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, leave)


def leave(number: int = signal.SIGINT, frame: FrameType | None = None) -> NoReturn:
    """Say that the user pressed Ctrl-C, and end this process at once.

    Args:
        number: the signal's.
        frame: where the process was.
    """
    leave_silently(said=LINE)


def leave_silently(
    number: int = signal.SIGINT, frame: FrameType | None = None, said: str = ""
) -> NoReturn:
    """End this process at once, as one that was interrupted and has said so.

    Args:
        number: the signal's.
        frame: where the process was.
        said: what is said all the same.
    """
    try:
        sys.stdout.flush()
        sys.stderr.flush()
        os.write(2, said.encode())
    finally:
        # It may have been interrupted while it writes, or have nowhere to write to.
        os._exit(STATUS)
