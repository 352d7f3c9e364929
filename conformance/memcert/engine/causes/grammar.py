"""What the engine must know of a contract's operations to tell whether two programs are alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from memcert.engine.programs.operation import Operation
from memcert.engine.programs.program import Step

Reading = tuple[str, Mapping[str, Any]]
"""The kind of a plain operation, and its fields in their JSON form."""


def _itself(data: Mapping[str, Any]) -> Sequence[Reading]:
    fields = {name: value for name, value in data.items() if name != "operation"}
    return ((str(data["operation"]), fields),)


def _never(_: str) -> bool:
    return False


def _nothing(_: object) -> frozenset[str]:
    return frozenset()


def _unchanged(operation: Operation, _: int) -> Operation:
    return operation


def _no_alternatives(_: Operation) -> Mapping[str, tuple[Operation, Operation]]:
    return {}


def _no_observers(_: Sequence[Step]) -> Sequence[Operation]:
    return ()


WholeKinds = Callable[[object], Sequence[frozenset[str]]]
"""Returns what there is to a JSON value, the most special first."""


@dataclass(frozen=True)
class Grammar:
    """What is alike in the operations of a contract.

    Args:
        readings: returns the plain operations that an operation's JSON form amounts to: adding,
            and then changing what was added, is adding. Of a plain operation itself, it is first.
        items: the field, by kind, whose list does one thing for each item, so that an operation on
            two items is like two operations.
        identifiers: the names of the fields that hold identifiers, which matter only in whether
            they are the same.
        texts: the names of the fields that hold any text.
        wholes: returns, by the names of the fields whose parts are not looked into, what there is
            to the value of one, the most special first: a cause asks for the first of them.
        is_plain: tells whether a text is one that nothing is special about.
        plain_texts: a plain text for each field that holds identifiers; any other text is "x".
        kinds: returns what is special about a value, as far as anybody knows: names of faults that
            it catches.
        distinct: returns an operation that stores the same things with values that differ from
            all others, given the number of its place.
        alternatives: returns, by the names of fields that an operation has, the operation with
            another field instead, and without either.
        observers: returns operations that show what some steps did, each in another way.
    """

    readings: Callable[[Mapping[str, Any]], Sequence[Reading]] = _itself
    items: Mapping[str, str] = field(default_factory=dict)
    identifiers: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()
    wholes: Mapping[str, WholeKinds] = field(default_factory=dict)
    is_plain: Callable[[str], bool] = _never
    plain_texts: Mapping[str, str] = field(default_factory=dict)
    kinds: Callable[[object], frozenset[str]] = _nothing
    distinct: Callable[[Operation, int], Operation] = _unchanged
    alternatives: Callable[[Operation], Mapping[str, tuple[Operation, Operation]]] = (
        _no_alternatives
    )
    observers: Callable[[Sequence[Step]], Sequence[Operation]] = _no_observers
