"""Interrupts that Python drops, or that break something."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from traceback import walk_stack
from types import FunctionType

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
            threading.Timer(_SECONDS, _interrupt_outside, [raised_again]).start()
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


def _interrupt_outside(hook: FunctionType) -> None:
    """Interrupt the main thread once it has left a function, in which it would be dropped again.

    On a busy machine it may be there for long. Nothing runs between the look and the signal.
    """
    main = threading.main_thread().ident
    assert main is not None
    while any(
        frame.f_code is hook.__code__ for frame, _ in walk_stack(sys._current_frames().get(main))
    ):
        time.sleep(_SECONDS)
    signal.pthread_kill(main, signal.SIGINT)
