"""Programs that failed, kept in a folder so that they are run first the next time."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Sequence
from pathlib import Path

from memcert.engine.contract import Contract
from memcert.engine.output.files import Unwritable, write_text
from memcert.engine.programs.operation import MalformedProgram
from memcert.engine.programs.program import Program
from memcert.engine.programs.reading import parse_program


class SavedFailures:
    """The programs that failed for one backend.

    What cannot be kept, or removed, is no reason to lose a verdict: it is put on record.

    Args:
        folder: where the programs of all backends are kept; None keeps nothing.
        backend: the backend's name.
        contract: whose operations they hold.

    Attributes:
        kept: the file of the program that was kept last for each rule, by the rule's id.
        complaints: what could not be kept or removed, a line each.
    """

    def __init__(self, folder: Path | None, backend: str, contract: Contract) -> None:
        name = re.sub(r"[^A-Za-z0-9.-]+", "_", backend)
        self.folder = None if folder is None else folder / name
        self.kept: dict[str, Path] = {}
        self.complaints: list[str] = []
        self._contract = contract

    def programs(self, rule: str) -> Sequence[Program]:
        """Return the programs that broke a rule, the shortest first.

        A file that cannot be read, or not any more, since operations have changed, is passed over.

        Args:
            rule: the rule's id.
        """
        if self.folder is None or not os.path.isdir(self.folder):  # noqa: PTH112 - it never raises
            return []
        found = []
        for path in sorted(self.folder.glob(f"{rule}-*.json")):
            try:
                found.append(parse_program(path.read_bytes(), self._contract.operations))
            except (MalformedProgram, OSError):
                continue
        return sorted(found, key=len)

    def rules(self) -> frozenset[str]:
        """Return the ids of the rules that failed the last time."""
        if self.folder is None or not os.path.isdir(self.folder):  # noqa: PTH112 - it never raises
            return frozenset()
        files = {path.name.rpartition("-")[0] for path in self.folder.glob("*.json")}
        return frozenset(files & self._contract.by_id.keys())

    def first(self, rule: str, deviation: Program | None = None) -> Sequence[Program]:
        """Return the programs to be run before any other: its own, then the common ones.

        Args:
            rule: the rule's id.
            deviation: the program of a known deviation from the rule, if there is one.
        """
        programs = [
            *self.programs(rule),
            *([deviation] if deviation else []),
            *self._contract.corpus.programs(rule),
        ]
        # By their texts: as Python compares them, the content 1 is the content True.
        return tuple({program.to_text(): program for program in programs}.values())

    def common(self, rule: str, programs: Sequence[Program]) -> int:
        """Return how many of some programs are of the corpus.

        Args:
            rule: the rule's id.
            programs: programs that were run for it.
        """
        common = {program.to_text() for program in self._contract.corpus.programs(rule)}
        return len(common & {program.to_text() for program in programs})

    def keep(self, rule: str, program: Program) -> Path | None:
        """Keep a program that broke a rule, and return its file; None if it is not kept.

        Args:
            rule: the rule's id.
            program: the program.
        """
        if self.folder is None:
            return None
        text = program.to_text()
        path = self.folder / f"{rule}-{hashlib.sha256(text.encode()).hexdigest()[:8]}.json"
        try:
            write_text(path, text + "\n")
        except Unwritable as error:
            self.complaints.append(f"the program that breaks {rule} is not kept: {error}")
            return None
        self.kept[text] = path
        return path

    def forget(self, rule: str) -> None:
        """Remove the programs of a rule that is kept now.

        Args:
            rule: the rule's id.
        """
        if self.folder is not None:
            for path in self.folder.glob(f"{rule}-*.json"):
                try:
                    path.unlink(missing_ok=True)
                except OSError as error:
                    self.complaints.append(f"{path} cannot be removed: {error.strerror}")
