"""The corpus: programs that once showed a bug, shipped with a contract.

Every certification replays those of a rule before it draws any, whatever the backend and the
effort, so that two certificates with the same digest were made with the same programs.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources.abc import Traversable

from memcert.engine.programs.operation import MalformedProgram, Operation
from memcert.engine.programs.program import Program
from memcert.engine.programs.reading import parse_program

_NAME = re.compile(r"([A-Z]+-[0-9]+)-(.+)\.json")


@dataclass(frozen=True)
class CorpusEntry:
    """A program of the corpus.

    Args:
        rule: the id of the rule that it broke.
        bug: the name of the mutant that broke it.
        program: the program.
    """

    rule: str
    bug: str
    program: Program

    @property
    def file_name(self) -> str:
        """What its file is called."""
        return f"{self.rule}-{self.bug}.json"


class Corpus:
    """The programs that every backend is tried with; read when they are first asked for.

    Args:
        folder: where they are, a file ``RULE-BUG.json`` each; None for an empty corpus.
        operations: the contract's operations by kind.
    """

    def __init__(
        self, folder: Traversable | None, operations: Mapping[str, type[Operation]]
    ) -> None:
        self._folder = folder
        self._operations = operations

    @cached_property
    def entries(self) -> Sequence[CorpusEntry]:
        """Every program, in the order of the files' names.

        Raises:
            MalformedProgram: a file is not one of the corpus: the kit is broken, and must not
                pass over it.
        """
        if self._folder is None:
            return ()
        files = sorted(self._folder.iterdir(), key=lambda file: file.name)
        return tuple(self._read(file) for file in files)

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the rules, the names of the bugs and the programs."""
        table = [[each.rule, each.bug, each.program.to_text()] for each in self.entries]
        return hashlib.sha256(json.dumps(table).encode()).hexdigest()

    def __len__(self) -> int:
        """Return how many programs are replayed where every rule is checked."""
        return sum(len(programs) for programs in self._by_rule.values())

    def programs(self, rule: str) -> Sequence[Program]:
        """Return the programs that broke a rule, the shortest first.

        Bugs that the same program shows have it in common: it is there once.

        Args:
            rule: the rule's id.
        """
        return self._by_rule.get(rule, ())

    @cached_property
    def _by_rule(self) -> Mapping[str, Sequence[Program]]:
        found: dict[str, dict[str, Program]] = {}
        for entry in sorted(self.entries, key=lambda entry: len(entry.program)):
            found.setdefault(entry.rule, {}).setdefault(entry.program.to_text(), entry.program)
        return {rule: tuple(programs.values()) for rule, programs in found.items()}

    def _read(self, file: Traversable) -> CorpusEntry:
        named = _NAME.fullmatch(file.name)
        if named is None:
            raise MalformedProgram(f"{file.name} in the corpus is not named RULE-BUG.json")
        try:
            program = parse_program(file.read_bytes(), self._operations)
        except MalformedProgram as error:
            raise MalformedProgram(f"{file.name} in the corpus: {error}") from error
        return CorpusEntry(named[1], named[2], program)
