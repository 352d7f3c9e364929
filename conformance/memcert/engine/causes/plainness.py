"""Making the values of a program that fails plain, as far as it goes on to fail."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from copy import deepcopy
from dataclasses import fields
from itertools import count
from typing import Any

from memcert.engine.causes.atoms import leaves
from memcert.engine.causes.demands import EVERYTHING
from memcert.engine.causes.grammar import Grammar
from memcert.engine.programs.operation import MalformedProgram, Operation
from memcert.engine.programs.program import Program
from memcert.engine.programs.reading import read_program

Breaks = Callable[[Program], bool]
"""Runs a program, and tells whether it still shows what is wrong."""

Path = tuple[str | int, ...]
"""Where something is in JSON."""

SPACE_PARTS = ("user", "session")

PLAIN_TEXT = "x"
OTHER_TEXT = "y"


def with_plain_values(
    program: Program, breaks: Breaks, operations: Mapping[str, type[Operation]], grammar: Grammar
) -> Program:
    """Return a program with plain names, and without fields or values that do not matter.

    Args:
        program: one that fails.
        breaks: runs a program and tells whether it breaks the rule.
        operations: the contract's operations by kind.
        grammar: what is known of them.
    """
    plain = _Plain(program, breaks, operations, grammar)
    plain.with_plain_operations()
    plain.with_plain_names()
    plain.with_plain_spaces()
    plain.without_fields()
    plain.with_plain_texts()
    plain.with_smaller_ranges()
    return plain.program


class _Plain:
    def __init__(
        self,
        program: Program,
        breaks: Breaks,
        operations: Mapping[str, type[Operation]],
        grammar: Grammar,
    ) -> None:
        self.program = program
        self._data = program.to_json()
        self._breaks = breaks
        self._operations = operations
        self._grammar = grammar

    def _tries(self, data: dict[str, Any]) -> bool:
        """Go on with a program if it still fails."""
        try:
            program = read_program(data, self._operations)
        except MalformedProgram:
            return False
        if not self._breaks(program):
            return False
        self.program, self._data = program, data
        return True

    def with_plain_operations(self) -> None:
        for name in ("steps", "branches"):
            for path, step in [*_steps(self._data.get(name, []), (name,))]:
                readings = self._grammar.readings(step)
                if not readings or readings[0][0] == step["operation"]:
                    continue
                kind, given = readings[-1]
                if kind not in self._operations or EVERYTHING in leaves(dict(given)):
                    continue
                # The special one may have fields that the plain one does not.
                known = {each.name for each in fields(self._operations[kind])}
                rest = {key: step[key] for key in ("client", "fault") if key in step}
                data = deepcopy(self._data)
                _put(data, path, {"operation": kind, **_some(given, known), **rest})
                self._tries(data)

    def with_plain_names(self) -> None:
        names: dict[str, str] = {}
        for _, field, value in self._texts():
            if field in self._grammar.identifiers and not self._grammar.is_plain(value):
                names.setdefault(value, self._new_name(field, names))
        self._tries_names(names, self._renamed)

    def _tries_names(
        self, names: Mapping[str, str], renamed: Callable[[Mapping[str, str]], dict[str, Any]]
    ) -> None:
        """Try plain names in the place of special ones: all of them, or else one by one."""
        if not names or self._tries(renamed(names)) or len(names) == 1:
            return
        for name, plain in names.items():
            self._tries(renamed({name: plain}))

    def _new_name(self, field: str, names: Mapping[str, str]) -> str:
        used = {value for _, _, value in self._texts()} | set(names.values())
        stem = self._grammar.plain_texts.get(field, PLAIN_TEXT)
        return next(
            name for name in (f"{stem}{number}" for number in range(10_000)) if name not in used
        )

    def _renamed(self, names: Mapping[str, str]) -> dict[str, Any]:
        data = deepcopy(self._data)
        for path, field, value in self._texts():
            if field in self._grammar.identifiers and value in names:
                _put(data, path, names[value])
        return data

    def with_plain_spaces(self) -> None:
        spaces: list[dict[str, Any]] = self._data.get("spaces", [])
        used = {space[part] for space in spaces for part in SPACE_PARTS}
        special = [name for name in sorted(used) if not self._grammar.is_plain(name)]
        free = (name for name in (f"s{number}" for number in count()) if name not in used)
        names = dict(zip(special, free, strict=False))
        self._tries_names(names, self._with_spaces)

    def _with_spaces(self, names: Mapping[str, str]) -> dict[str, Any]:
        data = deepcopy(self._data)
        for space in data["spaces"]:
            space |= {part: names.get(space[part], space[part]) for part in SPACE_PARTS}
        return data

    def without_fields(self) -> None:
        for path in [*self._fields()]:
            data = deepcopy(self._data)
            if _take_out(data, path):
                self._tries(data)

    def with_plain_texts(self) -> None:
        # Whole fields first: blocks, and what they hold.
        for path in [path for path in self._fields() if path[-1] in self._grammar.texts]:
            value = _at(self._data, path) if _is_there(self._data, path) else PLAIN_TEXT
            if not (isinstance(value, str) and self._grammar.is_plain(value)):
                data = deepcopy(self._data)
                _put(data, path, {"k": OTHER_TEXT} if path[-1] == "metadata" else OTHER_TEXT)
                self._tries(data)
        for path, field, value in [*self._texts()]:
            if field not in self._grammar.identifiers and not self._grammar.is_plain(value):
                data = deepcopy(self._data)
                _put(data, path, OTHER_TEXT)
                self._tries(data)

    def with_smaller_ranges(self) -> None:
        for path in [path for path in self._fields() if path[-1] == "range"]:
            # Whatever is too much is too much from some number on.
            low, high = 0, _at(self._data, path)
            while high - low > 1:
                middle = (low + high) // 2
                data = deepcopy(self._data)
                _put(data, path, middle)
                if self._tries(data):
                    high = middle
                else:
                    low = middle

    def _fields(self) -> Iterator[Path]:
        """Give where the fields of the operations are, and of what is in them, the outer first."""
        for name in ("steps", "branches"):
            yield from self._fields_below(self._data.get(name, []), (name,))

    def _fields_below(self, value: Any, path: Path) -> Iterator[Path]:
        if isinstance(value, dict):
            yield from ((*path, key) for key in value if key != "operation")
            for key, item in value.items():
                # A state of which a part is missing is another one.
                if key not in self._grammar.wholes:
                    yield from self._fields_below(item, (*path, key))
        elif isinstance(value, list):
            for number, item in enumerate(value):
                yield from self._fields_below(item, (*path, number))

    def _texts(self) -> Iterator[tuple[Path, str, str]]:
        """Give the texts of the operations: where, of which field, and which."""
        for name in ("steps", "branches"):
            yield from self._below(self._data.get(name, []), (name,), "")

    def _below(self, value: Any, path: Path, field: str) -> Iterator[tuple[Path, str, str]]:
        if isinstance(value, str):
            if field in self._grammar.identifiers | self._grammar.texts:
                yield path, field, value
        elif isinstance(value, dict):
            for key, item in value.items():
                if key in self._grammar.wholes:
                    continue
                inside = field in self._grammar.texts
                if not (inside and key == "type"):
                    yield from self._below(item, (*path, key), field if inside else key)
        elif isinstance(value, list):
            for number, item in enumerate(value):
                yield from self._below(item, (*path, number), field)


def _steps(value: Any, path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    if isinstance(value, dict):
        yield path, value
    else:
        for number, item in enumerate(value):
            yield from _steps(item, (*path, number))


def _at(data: Any, path: Path) -> Any:
    for key in path:
        data = data[key]
    return data


def _some(values: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name in names}


def _is_there(data: Any, path: Path) -> bool:
    try:
        _at(data, path)
    except (KeyError, IndexError, TypeError):
        return False
    return True


def _put(data: Any, path: Path, value: Any) -> None:
    _at(data, path[:-1])[path[-1]] = value


def _take_out(data: Any, path: Path) -> bool:
    """Take a field out, and tell whether it was still there."""
    try:
        del _at(data, path[:-1])[path[-1]]
    except (KeyError, IndexError, TypeError):
        return False
    return True
