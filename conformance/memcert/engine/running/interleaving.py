"""Whose turn it is among branches that run at the same time: interleavings that can be chosen."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence

PATIENCE_SECONDS = 0.01
"""How long a branch may take to come to its next await before the turn goes to the next one.

A branch may wait for another that waits for its turn: for a lock, or a connection. Until it is
there, no more of its turns are waited for.
"""


class Interleaving:
    """A schedule of branches, await by await.

    Args:
        schedule: the numbers of the branches whose turn it is. After the last one they all run.
    """

    def __init__(self, schedule: Sequence[int]) -> None:
        self._left = deque(schedule)
        self._waiting: list[tuple[int, asyncio.Future[None]]] = []
        self._ended: set[int] = set()
        # Those that did not come to their next await in time, and have not since.
        self._late: set[int] = set()
        # Whose turn it is, until it has come to its next await.
        self._going: int | None = None
        self._timer: asyncio.TimerHandle | None = None

    async def take(self, branch: int) -> None:
        """Return when it is a branch's turn.

        Args:
            branch: its number.
        """
        self.waits(branch)
        if not self._left and self._going is None:
            return
        turn = (branch, asyncio.get_running_loop().create_future())
        self._waiting.append(turn)
        self._go_on()
        try:
            await turn[1]
        finally:
            if turn in self._waiting:
                self._waiting.remove(turn)

    def waits(self, branch: int) -> None:
        """Be told that a branch has come to an await.

        Args:
            branch: its number.
        """
        self._late.discard(branch)
        if self._going == branch:
            self._going = None
            self._go_on()

    def end(self, branch: int) -> None:
        """Be told that a branch has ended.

        Args:
            branch: its number.
        """
        self._ended.add(branch)
        if self._going == branch:
            self._going = None
        self._go_on()

    def _go_on(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._left and self._going is None:
            branch = self._left[0]
            ready = next((each for each in self._waiting if each[0] == branch), None)
            if ready is not None:
                self._give(ready)
            elif branch not in self._ended | self._late:
                break
            self._left.popleft()
        if self._left or self._going is not None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(PATIENCE_SECONDS, self._skip)
            return
        for turn in [*self._waiting]:
            self._waiting.remove(turn)
            if not turn[1].done():
                turn[1].set_result(None)

    def _skip(self) -> None:
        """Take its turns from a branch that does not come to its next await, until it does."""
        late = self._going if self._going is not None else self._left[0] if self._left else None
        self._going = None
        if late is not None:
            self._late.add(late)
        self._go_on()

    def _give(self, turn: tuple[int, asyncio.Future[None]]) -> None:
        self._waiting.remove(turn)
        # One that was cancelled meanwhile has no use for its turn.
        if not turn[1].done():
            turn[1].set_result(None)
            self._going = turn[0]


class Branch:
    """The watch of one branch.

    Args:
        turns: the schedule.
        number: the branch's number.
    """

    def __init__(self, turns: Interleaving, number: int) -> None:
        self._turns = turns
        self._number = number

    def waits(self) -> None:
        self._turns.waits(self._number)

    async def turn(self) -> None:
        await self._turns.take(self._number)
