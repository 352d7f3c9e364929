"""Ctrl-C that is not lost."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_SECONDS = 0.01


@contextmanager
def kept_interrupts() -> Iterator[None]:
    """Have an interrupt raised again that Python dropped.

    Where no event loop runs, Ctrl-C raises `KeyboardInterrupt` wherever the program is. Within a
    callback of the garbage collector or of a weak reference, Python prints and drops it: about one
    in five is lost so while Hypothesis makes programs.
    """
    hook = sys.unraisablehook

    def raised_again(lost: sys.UnraisableHookArgs) -> None:
        if issubclass(lost.exc_type, KeyboardInterrupt):
            # Not from here, which is within that callback.
            threading.Timer(_SECONDS, _interrupt).start()
        else:
            hook(lost)

    sys.unraisablehook = raised_again
    try:
        yield
    finally:
        sys.unraisablehook = hook


def was_interrupted(error: BaseException) -> bool:
    """Tell whether an error is an interrupt, or something that one broke.

    What is left halfway may fail in ways of its own: Hypothesis asserts that it is not.

    Args:
        error: what was raised.
    """
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, KeyboardInterrupt):
        cause = cause.__context__
    return cause is not None


def _interrupt() -> None:
    main = threading.main_thread().ident
    if main is not None:
        signal.pthread_kill(main, signal.SIGINT)
