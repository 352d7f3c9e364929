"""The form of a program: what is left of it once names and values that do not matter are gone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from memcert.engine.causes.atoms import Atom, Place, atoms_of, without
from memcert.engine.causes.demands import (
    ANY,
    LONG,
    AtLeast,
    Binding,
    OfKind,
    Same,
    bound,
    met,
    met_by_fields,
)
from memcert.engine.causes.grammar import Grammar
from memcert.engine.programs.operation import Operation
from memcert.engine.programs.program import Looks, Program, SpaceName, Step

REFUSED = ", refused"
"""How the kind ends of an operation that is refused, whatever for."""

MOST_TRIES = 20_000
"""After how many comparisons a program counts as one that does not hold a form: it is run then."""

LONG_NAME = 32
"""From how many characters on a name is special for its length."""

Observations = Callable[[Sequence[Step]], Sequence[Operation]]
"""Returns the operations that show the state, as far as some steps can touch it."""


def _in_order(value: object) -> object:
    """Return JSON for what has none; the order of a set is another one in every process."""
    return sorted(value) if isinstance(value, frozenset) else str(value)


@dataclass(frozen=True)
class Demanded:
    """One thing that must be done in a program of a form.

    Args:
        kind: the kind of the operation.
        plain: whether any operation that amounts to it will do.
        fields: what is asked of its fields.
        space: which space it is in, by number.
        process: whether it must be done in another process.
        fault: the kind of the fault that must befall it; "" for none, or any.
    """

    kind: str
    plain: bool
    fields: dict[str, Any]
    space: int
    process: bool
    fault: str

    def in_atom(self, atom: Atom) -> Sequence[Mapping[str, Any]]:
        """Return the fields of something that is done, read as this; none if it is not.

        Args:
            atom: what is done.
        """
        if self.plain:
            return [fields for kind, fields in atom.readings if kind == self.kind]
        return [atom.fields] if atom.kind == self.kind else []


@dataclass(frozen=True)
class Form:
    """What a program must hold in order to contain a cause.

    Args:
        atoms: what must be done, in this order.
        spaces: what is asked of the names of its spaces, the user's and the session's.
        setting: what must be unusual about where and when it is done (`Program.setting`).
    """

    atoms: tuple[Demanded, ...]
    spaces: tuple[tuple[Any, Any], ...]
    setting: tuple[str, ...]

    @property
    def key(self) -> str:
        """The same text for equal forms, whatever process they are of."""
        return json.dumps(asdict(self), sort_keys=True, default=_in_order)

    @property
    def is_plain(self) -> bool:
        """Whether it asks for no value in particular: any names and texts will do."""
        asked = [value for atom in self.atoms for value in _values(atom.fields)]
        names = [name for space in self.spaces for name in space]
        return all(isinstance(each, Same) for each in asked) and all(each is ANY for each in names)

    def is_in(self, program: Program, grammar: Grammar, observations: Observations) -> bool:
        """Tell whether a program holds it.

        Args:
            program: the program.
            grammar: what is known of its operations.
            observations: what looks at the state.
        """
        return self.find(Dissected(program, grammar, observations)) is not None

    def find(self, dissected: Dissected) -> list[int] | None:
        """Return where a program holds it: the number of an atom for each thing that must be done.

        Args:
            dissected: the program, taken apart.

        Returns:
            None if the program does not hold it.
        """
        program = dissected.program
        if not program.setting.issuperset(self.setting):
            return None
        return _Matching(self, program.spaces, dissected.atoms, dissected.grammar).run()


def _values(value: Any) -> Iterator[object]:
    """Give every value in JSON that holds no others."""
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _values(item)
    else:
        yield value


class Dissected:
    """A program taken apart, with the looks at the state that come without saying.

    Args:
        program: the program.
        grammar: what is known of its operations.
        observations: what looks at the state.

    Attributes:
        atoms: what is done in it, the looks at the end.
    """

    def __init__(self, program: Program, grammar: Grammar, observations: Observations) -> None:
        self.program = program
        self.grammar = grammar
        self._observations = observations
        self._steps = atoms_of(program, grammar)
        self._left_out: list[Place] = []
        self._look()

    def _look(self) -> None:
        looks = _looks(self.program, self.grammar, self._observations)
        self.atoms: list[Atom] = [*self._steps, *looks]

    @property
    def size(self) -> int:
        """How many things its steps do."""
        return len(self._steps)

    def leave_out(self, numbers: Sequence[int]) -> bool:
        """Leave out the last of some things that are done, and tell whether anything was.

        Args:
            numbers: those of the atoms.
        """
        for number in reversed(numbers):
            place = self.atoms[number].place
            if place is not None:
                self._left_out.append(place)
                del self._steps[number], self.atoms[number]
                return True
            fewer = _with_fewer_looks(self.program)
            if fewer is not None:
                self.program = fewer
                self._look()
                return True
        return False

    def rest(self) -> Program | None:
        """Return the program without what was left out; None if nothing is done in it."""
        if not self._steps:
            return None
        return without(self.program, self._left_out, self.grammar)


def _with_fewer_looks(program: Program) -> Program | None:
    if program.is_concurrent:
        return None
    fewer = {Looks.ALWAYS: Looks.PLAINLY, Looks.ONCE: Looks.PLAINLY, Looks.PLAINLY: Looks.NEVER}
    looks = fewer.get(program.looks)
    return None if looks is None else replace(program, looks=looks)


class _Matching:
    """The search for a form in a program.

    Args:
        form: the form.
        spaces: the spaces of the program.
        atoms: what is done in it.
        grammar: what is known of its operations.
    """

    def __init__(
        self, form: Form, spaces: Sequence[SpaceName], atoms: Sequence[Atom], grammar: Grammar
    ) -> None:
        self._form = form
        self._spaces = spaces
        self._atoms = atoms
        self._grammar = grammar
        self._tries = 0

    def run(self) -> list[int] | None:
        return next(self._from(0, 0, {}), None)

    def _from(self, demanded: int, start: int, binding: Binding) -> Iterator[list[int]]:
        if demanded == len(self._form.atoms):
            if self._has_spaces(0, binding):
                yield []
            return
        demand = self._form.atoms[demanded]
        for number in range(start, len(self._atoms)):
            self._tries += 1
            if self._tries > MOST_TRIES:
                return
            atom = self._atoms[number]
            if (demand.process and not atom.process) or (
                demand.fault and atom.fault != demand.fault
            ):
                continue
            in_space = self._in_space(demand.space, atom.space, binding)
            if in_space is None:
                continue
            for fields in demand.in_atom(atom):
                for found in met_by_fields(
                    demand.fields, fields, in_space, self._grammar, atom.all_kinds
                ):
                    for others in self._from(demanded + 1, number + 1, found):
                        yield [number, *others]

    def _has_spaces(self, demanded: int, binding: Binding) -> bool:
        """Tell whether there are the spaces that nothing need be done in, too: they are looked at.

        What leaks takes two, and does not need an operation in the other one.
        """
        if demanded == len(self._form.spaces):
            return True
        there = (self._in_space(demanded, each, binding) for each in range(len(self._spaces)))
        return any(found is not None and self._has_spaces(demanded + 1, found) for found in there)

    def _in_space(self, demanded: int, space: int, binding: Binding) -> Binding | None:
        found = bound(binding, "space", demanded, space)
        if found is None or found is binding:
            return found
        name = self._spaces[space]
        demands = zip(self._form.spaces[demanded], (name.user, name.session), strict=True)
        return found if all(self._is_met(each, text) for each, text in demands) else None

    def _is_met(self, demand: Any, name: str) -> bool:
        return any(True for _ in met(demand, name, {}, self._grammar, frozenset))


def _looks(program: Program, grammar: Grammar, observations: Observations) -> Iterator[Atom]:
    """Give the looks at the state that come without saying, at the end at the latest."""
    concurrent = program.is_concurrent
    if program.looks is Looks.NEVER and not concurrent:
        return
    plainly = program.looks is Looks.PLAINLY and not concurrent
    for number in range(len(program.spaces)):
        for operation in observations(() if plainly else program.all_steps):
            readings = grammar.readings(operation.to_json())
            _, fields = readings[0]
            yield Atom(operation.kind, fields, readings, number, False, "", None, grammar)


def form_of(program: Program, grammar: Grammar, refused: Sequence[int] = ()) -> Form:
    """Return the form of a program in which all is needed.

    Args:
        program: the program; of its values those matter that are not plain.
        grammar: what is known of its operations.
        refused: the numbers of its steps that were refused as they must be, so that it does not
            matter what for.
    """
    names: dict[str, Same] = {}

    def demanded(atom: Atom) -> Demanded:
        kind, plain, fields = atom.kind, atom.is_plain, atom.fields
        if atom.place is not None and atom.place.section == 0 and atom.place.step in refused:
            for reading, nothing in atom.readings:
                if reading.endswith(REFUSED):
                    kind, plain, fields = reading, True, nothing
        demands = _demands(dict(fields), "", names, grammar)
        return Demanded(kind, plain, demands, atom.space, atom.process, atom.fault)

    return Form(
        tuple(map(demanded, atoms_of(program, grammar))),
        tuple(
            (_of_name(space.user, grammar), _of_name(space.session, grammar))
            for space in program.spaces
        ),
        tuple(sorted(program.setting)),
    )


def _demands(value: Any, field: str, names: dict[str, Same], grammar: Grammar) -> Any:
    """Return JSON with demands in the place of what need not be the same."""
    if field in grammar.wholes:
        return next((OfKind(kinds) for kinds in grammar.wholes[field](value) if kinds), ANY)
    if field in grammar.texts:
        return _of_value(value, grammar)
    if field == "range":
        return AtLeast(value)
    if isinstance(value, dict):
        return {key: _demands(item, key, names, grammar) for key, item in value.items()}
    if isinstance(value, list):
        return [_demands(item, field, names, grammar) for item in value]
    if field in grammar.identifiers and isinstance(value, str):
        if grammar.is_plain(value):
            return names.setdefault(value, Same(len(names)))
        return _of_value(value, grammar)
    return value


def _of_value(value: Any, grammar: Grammar) -> Any:
    """Return what is asked of a value that may be any, a text or what blocks are made of."""
    if isinstance(value, dict):
        # The type of a block says what it holds.
        return {
            key: item if key == "type" else _of_value(item, grammar) for key, item in value.items()
        } or OfKind(grammar.kinds(value))
    if isinstance(value, list):
        return [_of_value(item, grammar) for item in value] or OfKind(grammar.kinds(value))
    if isinstance(value, str):
        return _of_text(value, grammar, LONG)
    kinds = grammar.kinds(value)
    return OfKind(kinds) if kinds else value


def _of_name(text: str, grammar: Grammar) -> Any:
    return _of_text(text, grammar, LONG_NAME) if text else ANY


def _of_text(text: str, grammar: Grammar, long: int) -> Any:
    if grammar.is_plain(text):
        return ANY
    if kinds := grammar.kinds(text):
        return OfKind(kinds)
    return AtLeast(len(text)) if len(text) >= long else text
