"""What the form of a program asks of a value that stands in another program."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from memcert.engine.causes.grammar import Grammar


@dataclass(frozen=True)
class Same:
    """The same identifier wherever it stands, and another one than those of other numbers.

    Args:
        number: which one, in the order in which they appear.
    """

    number: int

    def __str__(self) -> str:
        return f"<{self.number}>"


@dataclass(frozen=True)
class OfKind:
    """A value of which the same is special.

    Args:
        kinds: what that is; one is enough.
    """

    kinds: frozenset[str]

    def __str__(self) -> str:
        return f"<{', '.join(sorted(self.kinds))}>"


@dataclass(frozen=True)
class AtLeast:
    """A text or a number that is no shorter or smaller.

    Args:
        size: how long, or how large.
    """

    size: int

    def __str__(self) -> str:
        return f"<{self.size} or more>"


@dataclass(frozen=True)
class AnyValue:
    """Whatever stands there."""

    def __str__(self) -> str:
        return "<anything>"


ANY = AnyValue()


class Everything:
    """Stands in what is done for every identifier that is there."""


EVERYTHING = Everything()

LONG = 300
"""From how many characters on a text is special for its length."""

Kinds = Callable[[], frozenset[str]]
"""Returns what is special about some values."""

Binding = dict[tuple[str, object], object]
"""Which identifier, or space, each one of a form is in the program."""


def bound(binding: Binding, what: str, number: object, value: object) -> Binding | None:
    """Return a binding with one thing more; None if that contradicts it.

    Args:
        binding: what is bound so far.
        what: the namespace.
        number: which one of the form.
        value: which one of the program.
    """
    forth, back = (what, number), (f"{what} back", value)
    if forth in binding or back in binding:
        same = binding.get(forth) == value and binding.get(back) == number
        return binding if same else None
    return {**binding, forth: value, back: number}


def met(
    demand: Any,
    value: Any,
    binding: Binding,
    grammar: Grammar,
    elsewhere: Kinds,
) -> Iterator[Binding]:
    """Give the bindings with which a value meets a demand.

    Args:
        demand: JSON with demands in it.
        value: JSON of a program.
        binding: what is bound so far.
        grammar: what is known of the operations.
        elsewhere: returns what is special about any value beside it.
    """
    if value is EVERYTHING:
        yield binding
        return
    match demand:
        case AnyValue():
            yield binding
        case Same():
            # What is no text is no name of anything.
            named = isinstance(value, str)
            found = bound(binding, "identifier", demand.number, value) if named else None
            if found is not None:
                yield found
        case OfKind():
            # What changes a text in one place changes it in another, as a rule.
            if demand.kinds & (grammar.kinds(value) | elsewhere()):
                yield binding
        case AtLeast():
            if _size(value) >= demand.size:
                yield binding
        case dict():
            if isinstance(value, dict):
                yield from met_by_fields(demand, value, binding, grammar, elsewhere)
        case list() if not demand:
            # An empty list is a case of its own.
            if value == []:
                yield binding
        case list():
            if isinstance(value, list):
                yield from _met_by_items(demand, value, binding, grammar, elsewhere)
        case _:
            if type(demand) is type(value) and demand == value:
                yield binding


def met_by_fields(
    demands: Mapping[str, Any],
    fields: Mapping[str, Any],
    binding: Binding,
    grammar: Grammar,
    elsewhere: Kinds,
) -> Iterator[Binding]:
    """Give the bindings with which fields meet demands: what is not asked for may be anything.

    Args:
        demands: demands by field.
        fields: the fields.
        binding: what is bound so far.
        grammar: what is known of the operations.
        elsewhere: returns what is special about any value beside it.
    """
    if not demands:
        yield binding
        return
    (name, demand), *others = demands.items()
    if name not in fields:
        if not (isinstance(demand, OfKind) and demand.kinds & elsewhere()):
            return
        yield from met_by_fields(dict(others), fields, binding, grammar, elsewhere)
        return
    whole = grammar.wholes.get(name)
    if whole is not None and isinstance(demand, OfKind) and fields[name] is not EVERYTHING:
        if demand.kinds & frozenset().union(*whole(fields[name])):
            yield from met_by_fields(dict(others), fields, binding, grammar, elsewhere)
        return
    for found in met(demand, fields[name], binding, grammar, elsewhere):
        yield from met_by_fields(dict(others), fields, found, grammar, elsewhere)


def _met_by_items(
    demands: list[Any],
    items: list[Any],
    binding: Binding,
    grammar: Grammar,
    elsewhere: Kinds,
) -> Iterator[Binding]:
    if not demands:
        yield binding
        return
    first, *others = demands
    for number, item in enumerate(items):
        left = items[:number] + items[number + 1 :]
        for found in met(first, item, binding, grammar, elsewhere):
            yield from _met_by_items(others, left, found, grammar, elsewhere)


def _size(value: object) -> int:
    if isinstance(value, (str, list)):
        return len(value)
    return value if type(value) is int else -1
