"""What goes on after a cancellation ends all the same, and may tidy up."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

from memcert_backends.shielding import to_its_end


def _ends_cancelled(doing: Coroutine[Any, Any, None]) -> bool:
    async def main() -> bool:
        waiting = asyncio.create_task(to_its_end(doing, 0.1))
        await asyncio.sleep(0.05)
        waiting.cancel()
        await asyncio.wait({waiting}, timeout=20)
        return waiting.cancelled()

    return asyncio.run(main())


def test_what_misses_a_cancellation_is_cancelled_again() -> None:
    async def misses_one() -> None:
        """Do as `asyncio.wait_for` does in Python 3.11, now and then."""
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        await asyncio.Event().wait()

    assert _ends_cancelled(misses_one())


def test_what_is_cancelled_has_time_to_tidy_up() -> None:
    tidied_up = []

    async def tidies_up() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.05)
            tidied_up.append(True)

    assert _ends_cancelled(tidies_up())
    assert tidied_up
