"""Looking into the store itself, past the memories: a step that no client does."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, ClassVar

from memcert.engine.programs.operation import Operation, decoded

_PLAIN = re.compile(r"[A-Za-z0-9-]{8,}")


def _plain(value: Any) -> str:
    if not isinstance(value, str) or not _PLAIN.fullmatch(value):
        raise ValueError("eight ASCII letters, digits and hyphens or more are wanted")
    return value


@dataclass(frozen=True)
class LookIntoStore(Operation):
    """Look for a text in all that the store holds.

    It must be found nowhere once no space holds it; while one does, nothing is compared, since a
    store may keep it in any form. Only programs that run in a store of their own
    (`Program.fresh_store`) may have it: others' data may hold the same text.

    Args:
        text: eight or more ASCII letters, digits and hyphens, which nothing else there has.
    """

    kind: ClassVar[str] = "look_into_store"

    text: str = decoded(_plain)

    @property
    def changes(self) -> bool:
        """It changes nothing."""
        return False

    async def run(self, memory: Any, saved: dict[int, Any]) -> object:
        raise NotImplementedError("the run does this itself")

    def source(self, memory: str) -> list[str]:
        return [f"print(memories.places_of({self.text!r}))"]
