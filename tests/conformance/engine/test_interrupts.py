"""Interrupts that Python drops, or that break something."""

from __future__ import annotations

import gc
import signal
import sys
import threading
import time
import weakref
from collections.abc import Callable

import pytest

from memcert.engine.interrupts import kept_interrupts, was_interrupted

pytestmark = pytest.mark.usefixtures("interruptible")


class Thing:
    """Something that a weak reference can be made of."""


def interrupt(*_: object) -> None:
    signal.raise_signal(signal.SIGINT)


def in_a_weak_references_callback(call: Callable[[object], None]) -> None:
    thing = Thing()
    reference = weakref.ref(thing, call)
    del thing
    assert reference() is None


def in_the_garbage_collectors_callback(call: Callable[[object], None]) -> None:
    def once(*_: object) -> None:
        gc.callbacks.remove(once)
        call(None)

    gc.callbacks.append(once)
    gc.collect()


PLACES = [in_a_weak_references_callback, in_the_garbage_collectors_callback]


@pytest.mark.parametrize("dropped", PLACES)
def test_one_that_is_dropped_is_raised_again(dropped: Callable[..., None]) -> None:
    def run() -> None:
        with kept_interrupts():
            dropped(interrupt)
            # A signal that comes between the two does not end a sleep that has not begun.
            for _ in range(2000):
                time.sleep(0.01)

    with pytest.raises(KeyboardInterrupt):
        run()


@pytest.mark.parametrize("dropped", PLACES)
def test_nor_is_one_lost_where_that_takes_long(
    dropped: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Slow(threading.Timer):
        """As on a busy machine: its time is over before the thread that starts it goes on."""

        def start(self) -> None:
            super().start()
            time.sleep(0.1)

    monkeypatch.setattr(threading, "Timer", Slow)
    test_one_that_is_dropped_is_raised_again(dropped)


@pytest.mark.parametrize("dropped", PLACES)
def test_other_errors_are_shown_as_ever(
    dropped: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[type[BaseException]] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda lost: shown.append(lost.exc_type))

    def fail(_: object) -> None:
        raise ValueError("in a callback")

    gc.collect()  # what other tests left may complain as well
    shown.clear()
    with kept_interrupts():
        dropped(fail)
    assert shown == [ValueError]


def test_what_an_interrupt_breaks_counts_as_one() -> None:
    def broken() -> None:
        try:
            raise KeyboardInterrupt
        finally:
            raise AssertionError("left halfway")

    with pytest.raises(AssertionError) as raised:
        broken()
    assert was_interrupted(raised.value)
    assert was_interrupted(KeyboardInterrupt())
    assert not was_interrupted(ValueError())
