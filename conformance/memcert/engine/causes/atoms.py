"""A program taken apart: what is done, one thing at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from memcert.engine.causes.grammar import Grammar, Reading
from memcert.engine.programs.fault import fault_to_json
from memcert.engine.programs.program import Program, Step


@dataclass(frozen=True)
class Place:
    """Where something is done in a program.

    Args:
        section: 0 for the steps, n for the nth branch.
        step: the number of the step there, from 0.
        item: which item of its list it is about; None if it is about the whole step.
    """

    section: int
    step: int
    item: int | None = None


@dataclass(frozen=True)
class Atom:
    """One thing that is done.

    Args:
        kind: the kind of the operation.
        fields: its fields in their JSON form, with one item of its list.
        readings: the plain operations that it amounts to.
        space: the number of the space.
        process: whether it is done in another process.
        fault: the kind of the fault that befalls it; "" for none.
        place: where; None for a look at the state that no step asks for.
        grammar: what is known of the operations.
    """

    kind: str
    fields: Mapping[str, Any]
    readings: Sequence[Reading]
    space: int
    process: bool
    fault: str
    place: Place | None
    grammar: Grammar = field(compare=False, repr=False)

    def all_kinds(self) -> frozenset[str]:
        """Return what is special about the values in its fields."""
        return self._kinds

    @cached_property
    def _kinds(self) -> frozenset[str]:
        found = (self.grammar.kinds(leaf) for leaf in leaves(dict(self.fields)))
        return frozenset(kind for kinds in found for kind in kinds)

    @property
    def is_plain(self) -> bool:
        """Whether it is done in the plain way."""
        return bool(self.readings) and self.kind == self.readings[0][0]


def sections_of(program: Program) -> Sequence[tuple[Step, ...]]:
    """Return the lists of steps of a program: what is done first, and its branches.

    Args:
        program: the program.
    """
    return (program.steps, *program.branches)


def atoms_of(program: Program, grammar: Grammar) -> list[Atom]:
    """Return what is done in a program, in order, branch by branch.

    Args:
        program: the program.
        grammar: what is known of its operations.
    """
    return [
        atom
        for section, steps in enumerate(sections_of(program))
        for number, step in enumerate(steps)
        for atom in _atoms(program, step, Place(section, number), grammar)
    ]


def _atoms(program: Program, step: Step, place: Place, grammar: Grammar) -> Iterator[Atom]:
    data = step.operation.to_json()
    client = program.clients[step.client]
    fault = "" if step.fault is None else str(fault_to_json(step.fault)["kind"])

    def atom(data: dict[str, Any], place: Place) -> Atom:
        return Atom(
            step.operation.kind,
            {name: value for name, value in data.items() if name != "operation"},
            grammar.readings(data),
            client.space,
            client.process,
            fault,
            place,
            grammar,
        )

    name = grammar.items.get(step.operation.kind)
    items = data.get(name) if name is not None else None
    if name is None or not isinstance(items, list) or len(items) < 2:
        yield atom(data, place)
        return
    for item, value in enumerate(items):
        yield atom({**data, name: [value]}, replace(place, item=item))


def without(program: Program, places: Iterable[Place], grammar: Grammar) -> Program | None:
    """Return a program without some things that are done; None if nothing else is done in it.

    Args:
        program: the program.
        places: where these are, each once.
        grammar: what is known of its operations.
    """
    sections = [list(steps) for steps in sections_of(program)]
    by_step: dict[tuple[int, int], list[int | None]] = {}
    for place in places:
        by_step.setdefault((place.section, place.step), []).append(place.item)
    # The last ones first: the numbers of those before stay as they are.
    for (section, number), items in sorted(by_step.items(), reverse=True):
        step = sections[section][number]
        left = _without_items(step, items, grammar)
        sections[section][number : number + 1] = [] if left is None else [left]
    if not any(sections):
        return None
    return _with_sections(program, sections)


def _without_items(step: Step, items: list[int | None], grammar: Grammar) -> Step | None:
    """Return a step without some items of its list; None if none is left, or all of it goes."""
    name = grammar.items.get(step.operation.kind)
    if name is None or None in items:
        return None
    there = getattr(step.operation, name)
    left = tuple(item for number, item in enumerate(there) if number not in items)
    return replace(step, operation=replace(step.operation, **{name: left})) if left else None


def _with_sections(program: Program, sections: list[list[Step]]) -> Program:
    first, *branches = sections
    kept = [number for number, branch in enumerate(branches) if branch]
    return replace(
        program,
        steps=tuple(first),
        branches=tuple(tuple(branches[number]) for number in kept),
        schedule=tuple(kept.index(turn) for turn in program.schedule if turn in kept),
    )


def leaves(value: Any) -> Iterator[object]:
    """Give every value in JSON that holds no others, keys included, and what is empty.

    Args:
        value: the JSON.
    """
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield key
            yield from leaves(item)
    elif isinstance(value, list) and value:
        for item in value:
            yield from leaves(item)
    else:
        yield value
