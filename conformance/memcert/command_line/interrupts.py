"""What Ctrl-C does while a command runs."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from memcert.engine.interrupts import was_interrupted
from memcert.interruption import leave, leave_silently


@contextmanager
def raised_interrupts() -> Iterator[None]:
    """Have Ctrl-C raise `KeyboardInterrupt`, so that what was started is stopped.

    Before and after, in memcert's own process, it ends the process (`memcert.interruption`).
    """
    if signal.getsignal(signal.SIGINT) is not leave:
        yield
        return
    after = leave
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        yield
    except BaseException as error:
        if was_interrupted(error):
            # Once is enough.
            after = leave_silently
        raise
    finally:
        signal.signal(signal.SIGINT, after)
