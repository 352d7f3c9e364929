"""The list of an `InMemoryMemory`'s messages that AgentScope's users know as ``content``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Protocol, TypeAlias

from agentscope.message import Msg

Pair: TypeAlias = tuple[Msg, list[str]]
"""A message and its marks."""


class HasContent(Protocol):
    """A memory with a content that can be read and set."""

    content: Any


class Content(list[Pair]):
    """The messages and marks of a memory as they were when it was asked; changes go to the memory.

    What changes the list changes what the memory holds at that moment, and is refused as by
    `load_state_dict`. The messages and the lists of marks in it are copies.

    Args:
        memory: the memory.
        pairs: what it holds.
    """

    def __init__(self, memory: HasContent, pairs: Iterable[Pair]) -> None:
        super().__init__(pairs)
        self._memory = memory

    def __reduce__(self) -> Any:
        # A copy is a plain list, of nobody's.
        return list, (list(self),)


def _through(name: str) -> Callable[..., Any]:
    of_list = getattr(list, name)

    def change(self: Content, *arguments: Any, **options: Any) -> Any:
        pairs = list(self._memory.content)
        result = of_list(pairs, *arguments, **options)
        self._memory.content = pairs
        list.__setitem__(self, slice(None), pairs)
        return self if result is pairs else result

    change.__name__ = name
    change.__doc__ = f"As ``list.{name}``, in the memory."
    return change


for _name in (
    *("append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort"),
    *("__delitem__", "__iadd__", "__imul__", "__setitem__"),
):
    setattr(Content, _name, _through(_name))
