"""Answers that are held back until something else in the event loop has gone on."""

from __future__ import annotations

import asyncio
import threading
from functools import partial
from types import TracebackType
from typing import Self

from memcert.engine.network import Network

SECONDS_TO_GO_ON = 2.0
"""How long the event loop may stand still before the answers are let go all the same, in seconds.

Whoever is kept from the processor for so long is taken for blocked.
"""

_SECONDS_BETWEEN_LOOKS = 0.002


class HeldAnswers:
    """Holds a server's answers back; an async context manager, around one operation.

    Another task of the loop lets them go, once the operation has asked for something. Where the
    operation keeps the loop while it waits, that task cannot, and a thread does it in the end.

    Args:
        network: what the answers pass through.
    """

    def __init__(self, network: Network) -> None:
        self.happened = False
        """Whether an answer was held back."""
        self.stood_still = False
        """Whether nothing else in the loop could go on meanwhile."""
        self._network = network
        self._timer = threading.Timer(SECONDS_TO_GO_ON, self._give_up)
        self._timer.daemon = True

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(partial(self._network.be_silent, hears=True))
        self._before = self._asked()
        self._timer.start()
        self._other = asyncio.create_task(self._go_on())
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._timer.cancel()
        self._other.cancel()
        await asyncio.wait({self._other})
        await asyncio.to_thread(self._network.speak)
        self.happened = self._has_asked()

    def _has_asked(self) -> bool:
        return self._asked() > self._before

    def _asked(self) -> int:
        """Return how often a client asked for something; some servers speak first."""
        traffic = self._network.traffic()
        return traffic.connections + traffic.packets_to_server

    async def _go_on(self) -> None:
        while not self._has_asked():  # noqa: ASYNC110 - it is another thread that knows
            await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)
        # It waits now, or goes on to do so.
        await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)
        self._timer.cancel()
        self._network.speak()

    def _give_up(self) -> None:
        self.stood_still = self._has_asked()
        self._network.speak()
