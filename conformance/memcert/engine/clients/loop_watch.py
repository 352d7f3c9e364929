"""Noticing, from outside the event loop, that a backend keeps it, and putting an end to that.

What blocks the loop cannot be cancelled, and Ctrl-C, which asyncio turns into a cancellation, is
not seen. A thread asks the loop for a sign of life. Without one, it sends a signal to the main
thread, whose handler raises an exception in whatever runs there: this ends Python code and waits
of the system. What is left is code that looks at no signal; the process has to end then, if it is
one that may be ended.
"""

from __future__ import annotations

import os
import select
import signal
import threading
from asyncio import AbstractEventLoop
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from math import inf
from time import monotonic
from types import FrameType, TracebackType
from typing import Self

LATE_SECONDS = 1.0
"""How long the loop may be kept beyond the time limit of what is being done, in seconds."""

INTERRUPT_SECONDS = 1.0
"""How long the loop may be kept after an interrupt, in seconds."""

_TICK_SECONDS = 0.1
_ATTEMPTS = 3
_SECONDS_BETWEEN = 1.0
_SECONDS_BETWEEN_INTERRUPTS = 0.25

# One that nobody sends, and that does nothing where it comes too late.
_SIGNAL = signal.SIGURG


class LoopBlocked(BaseException):
    """A backend kept the event loop for too long; raised where it does so.

    Not an `Exception`, which a backend may catch.

    Args:
        step: the number of the step, from 0.
        operation: what was being done.
        seconds: how long it may take.
    """

    def __init__(self, step: int, operation: str, seconds: float) -> None:
        super().__init__(f"it blocked the event loop for longer than {seconds:g} s")
        self.step = step
        self.operation = operation


@dataclass(frozen=True, eq=False)
class _Doing:
    """What the loop is used for."""

    step: int
    operation: str
    seconds: float


class LoopWatch:
    """Watches over the event loop of the main thread; a context manager.

    In any other thread it does nothing: signals are handled in the main thread.
    """

    def __init__(self) -> None:
        self.about = ""
        """What the loop is run for, such as a rule, for the last line of a process."""
        self.until = inf
        """When nothing may keep the loop any more, as of `time.monotonic`."""
        self.noticed: LoopBlocked | None = None
        """What was raised in the loop that ran last, if it was blocked."""
        self._stack = ExitStack()
        self._works = threading.current_thread() is threading.main_thread()
        self._over = threading.Event()
        self._loop: AbstractEventLoop | None = None
        # Whether the loop was asked for a sign of life, and for how long it gave none.
        self._asked = False
        self._kept = 0.0
        self._raising: _Doing | None = None
        self._attempts = 0
        self._interrupted = 0.0

    def __enter__(self) -> Self:
        if self._works:
            self._ear, self._mouth = os.pipe()
            for end in (self._ear, self._mouth):
                os.set_blocking(end, False)
                self._stack.callback(os.close, end)
            watching = threading.Thread(target=self._watch, name="memcert-loop-watch", daemon=True)
            watching.start()
            self._stack.callback(watching.join)
            self._stack.callback(self._end)
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stack.close()

    def _end(self) -> None:
        self._over.set()
        os.write(self._mouth, b"\0")

    @contextmanager
    def running(self, loop: AbstractEventLoop) -> Iterator[None]:
        """Watch over a loop that is run meanwhile.

        Args:
            loop: the loop.

        Raises:
            LoopBlocked: a backend kept it; raised in what runs in it, and from there.
        """
        self.noticed = None
        if not self._works:
            yield
            return
        before = signal.signal(_SIGNAL, self._raise)
        # It wakes the watch for an interrupt even while the main thread handles no signal.
        ear = signal.set_wakeup_fd(self._mouth, warn_on_full_buffer=False)
        if ear != -1:
            signal.set_wakeup_fd(ear, warn_on_full_buffer=False)
        self._asked, self._interrupted = False, 0.0
        # What was left behind in another loop is not done any more.
        _doing.clear()
        self._loop = loop
        try:
            yield
        finally:
            self._loop = None
            self._raising = None
            if ear == -1:
                signal.set_wakeup_fd(-1)
            signal.signal(_SIGNAL, before)

    def _answer(self) -> None:
        self._asked = False

    def _watch(self) -> None:
        last = monotonic()
        while not self._over.is_set():
            if self._ear in select.select([self._ear], [], [], _TICK_SECONDS)[0]:
                with suppress(BlockingIOError):
                    if signal.SIGINT in os.read(self._ear, 100) and not self._interrupted:
                        self._interrupted = monotonic()
            now = monotonic()
            # A process that was stopped for a while did not block anything.
            passed, last = min(now - last, 2 * _TICK_SECONDS), now
            loop = self._loop
            if loop is None:
                continue
            if self._asked:
                self._kept += passed
                self._judge(now)
            else:
                self._asked, self._kept, self._attempts = True, 0.0, 0
                # One that was closed is not asked again.
                with suppress(RuntimeError):
                    loop.call_soon_threadsafe(self._answer)

    def _judge(self, now: float) -> None:
        """Do something about a loop that gives no sign of life, if that has lasted too long."""
        limit = INTERRUPT_SECONDS + self._attempts * _SECONDS_BETWEEN_INTERRUPTS
        if self._interrupted and min(self._kept, now - self._interrupted) > limit:
            self._attempts += 1
            if self._attempts > _ATTEMPTS:
                _end_process(130, "Error: interrupted")
            # asyncio only notes the first one; the second one is raised.
            _send(signal.SIGINT)
            return
        # The main thread goes on meanwhile; a list is made of them at one go.
        doing = next(iter([*_doing]), None)
        if self._interrupted or doing is None:
            return
        limit = LATE_SECONDS + self._attempts * _SECONDS_BETWEEN
        if self._kept > limit + doing.seconds or (self._kept > limit and now > self.until + limit):
            self._attempts += 1
            if self._attempts > _ATTEMPTS:
                of = f" of {self.about}" if self.about else ""
                _end_process(
                    1,
                    f"memcert: {doing.operation}{of} blocks the event loop and cannot be stopped:"
                    " the run ends here",
                )
            self._raising = doing
            _send(_SIGNAL)

    def _raise(self, number: int, frame: FrameType | None) -> None:
        """Raise, in the main thread, what ends the blocking, unless that has ended by itself."""
        doing, self._raising = self._raising, None
        if doing is not None and doing in _doing and self._asked:
            self.noticed = LoopBlocked(doing.step, doing.operation, doing.seconds)
            raise self.noticed


_doing: dict[_Doing, None] = {}
_end: Callable[[int, str], None] | None = None


@contextmanager
def at_most(seconds: float, operation: str, step: int = 0) -> Iterator[None]:
    """Say what the loop is used for, and how long that may keep it.

    Args:
        seconds: how long, in seconds.
        operation: what is done, as Python or in words.
        step: the number of the step.
    """
    doing = _Doing(step, operation, seconds)
    _doing[doing] = None
    try:
        yield
    finally:
        _doing.pop(doing, None)


def may_end_process(end: Callable[[int, str], None]) -> None:
    """Say that this process is the kit's own, which may be ended if nothing else helps.

    Args:
        end: ends it, given an exit status and a line; called in another thread.
    """
    global _end  # noqa: PLW0603 - there is one process
    _end = end


def _end_process(status: int, line: str) -> None:
    if _end is not None:
        _end(status, line)


def _send(number: signal.Signals) -> None:
    main = threading.main_thread().ident
    if main is not None:
        signal.pthread_kill(main, number)
