"""Operations that take their time: a space may expire meanwhile, or must not."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from memcert.engine.programs.operation import Operation, decoded

USES: dict[str, Callable[[Any], Awaitable[object]]] = {
    "size()": lambda memory: memory.size(),
    "get_memory()": lambda memory: memory.get_memory(),
    "get_memory('unused')": lambda memory: memory.get_memory("unused"),
    "delete(['unknown'])": lambda memory: memory.delete(["unknown"]),
    "delete_by_mark('unused')": lambda memory: memory.delete_by_mark("unused"),
    "update_messages_mark('new', 'unused')": lambda memory: memory.update_messages_mark(
        "new", "unused"
    ),
}
"""Ways to use a space without changing it, by their Python."""


def _seconds(value: Any) -> float:
    if type(value) is not float or not 0 <= value < 5:
        raise ValueError("a number of seconds with a point, below 5, is wanted")
    return value


def _use(value: Any) -> str:
    if value not in USES:
        raise ValueError(f"one of {', '.join(USES)} is wanted")
    return str(value)


@dataclass(frozen=True)
class LetTimePass(Operation):
    """Do nothing for longer than the space lives without use.

    Args:
        rest: how long, in seconds.
    """

    kind: ClassVar[str] = "let_time_pass"

    rest: float = decoded(_seconds)

    async def run(self, memory: Any, saved: dict[int, Any]) -> object:
        await asyncio.sleep(self.rest)
        return None

    async def run_on_model(self, model: Any, saved: dict[int, Any]) -> object:
        model.expire()
        return None

    def source(self, memory: str) -> list[str]:
        return [f"await asyncio.sleep({self.rest})  # after that it must be gone"]


@dataclass(frozen=True)
class UseNowAndThen(Operation):
    """Use the space three times, after a rest each, which together last longer than it would live.

    Args:
        use: in which way, by its Python.
        rest: how long each rest is, in seconds.
    """

    kind: ClassVar[str] = "use_now_and_then"

    use: str = decoded(_use)
    rest: float = decoded(_seconds)

    @property
    def changes(self) -> bool:
        """It changes nothing."""
        return False

    @property
    def seconds(self) -> float:
        """How long it may take, its rests included."""
        return 20.0 + 3 * self.rest

    async def run(self, memory: Any, saved: dict[int, Any]) -> object:
        for _ in range(3):
            await asyncio.sleep(self.rest)
            await USES[self.use](memory)
        return None

    async def run_on_model(self, model: Any, saved: dict[int, Any]) -> object:
        return None

    def source(self, memory: str) -> list[str]:
        return [
            f"for _ in range(3): await asyncio.sleep({self.rest}); await {memory}.{self.use}",
        ]
