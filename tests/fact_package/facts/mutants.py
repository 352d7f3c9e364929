"""Memories of facts that are broken on purpose."""

from __future__ import annotations

from collections.abc import AsyncIterator

from facts.backends import FileMemory, file_of
from facts.memory import FactMemory
from memcert.engine.mutant import Mutant
from memcert_backends.backend import Backend, Space


class Forgetful(FileMemory):
    """Writes nothing more once it has written, and records what it knows again."""

    async def record(self, facts: list[str]) -> int:
        if self._file.exists():
            self._facts += facts
            return len(facts)
        return await super().record(facts)


class Unlimited(FactMemory):
    """Takes no notice of the limit."""

    async def retrieve(self, word: str, limit: int = 3) -> list[str]:
        return await super().retrieve(word, 1000)


async def _forgetful(space: Space) -> AsyncIterator[FactMemory]:
    yield Forgetful(file_of(space))


async def _unlimited(space: Space) -> AsyncIterator[FactMemory]:
    yield Unlimited()


def _backend(name: str, factory: object, store: str | None) -> Backend:
    return Backend(
        name=f"mutant:{name}",
        open=factory,  # type: ignore[arg-type]
        store=store,
        durable=store is not None,
        contract="facts",
    )


MUTANTS = {
    "forgetful": Mutant(
        "forgetful",
        "It writes nothing more once it has written, and records what it knows again.",
        ("RECORD-01", "KEPT-01"),
        _backend("forgetful", _forgetful, "folder"),
    ),
    "unlimited": Mutant(
        "unlimited",
        "It takes no notice of the limit.",
        ("RETRIEVE-01",),
        _backend("unlimited", _unlimited, None),
    ),
}
