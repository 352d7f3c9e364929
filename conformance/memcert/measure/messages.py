"""The messages that are measured with: ordinary ones, the same in every run."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

from memcert_reference import Msg
from memcert_reference.json_text import dump_json
from memcert_reference.message import record_of

MARK = "hint"
"""The mark that every stored message carries, and every message that is added."""

_CHUNK = 5_000
_WORDS = [
    "the",
    "agent",
    "looked",
    "at",
    "3",
    "files,",
    "found",
    "“naïve”",
    "code,",
    "and",
    "asked",
    "the",
    "user",
    "what",
    "to",
    "do",
    "next",
    "✓",
]


def message(random: Random) -> Msg:
    """Return a message of some 250 bytes of text, a string or a block.

    Args:
        random: where it comes from.
    """
    text = " ".join(random.choices(_WORDS, k=45))
    return Msg(
        id=f"{random.getrandbits(128):032x}",
        name="assistant",
        role="assistant",
        content=text if random.random() < 0.5 else [{"type": "text", "text": text}],
        metadata={"turn": random.randrange(1000)},
        timestamp="2026-01-01 00:00:00.000",
    )


def some_messages(count: int, seed: int = 0) -> list[Msg]:
    """Return messages.

    Args:
        count: how many.
        seed: other ones for another seed.
    """
    random = Random(seed)
    return [message(random) for _ in range(count)]


def large_message(size: int) -> Msg:
    """Return a message with a long text.

    Args:
        size: how many bytes of text it has.
    """
    line = b"0123456789 abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ.\n".decode()
    return Msg("user", (line * (size // len(line) + 1))[:size], "user", timestamp="now", id="large")


def payload_of(each: Msg) -> str:
    """Return the JSON text of a message, which is what a backend has to store.

    Args:
        each: the message.
    """
    return dump_json(dict(record_of(each)))  # type: ignore[arg-type] # a record holds JSON values


async def fill(memory: Any, messages: Sequence[Msg]) -> None:
    """Store messages with their mark, some thousands in a call.

    Args:
        memory: where.
        messages: which.
    """
    for first in range(0, len(messages), _CHUNK):
        await memory.add(list(messages[first : first + _CHUNK]), MARK)
