"""What a run did, counted."""

from __future__ import annotations

from dataclasses import dataclass, fields

from memcert.engine.programs.program import Program
from memcert.engine.running.execution import Execution


@dataclass
class Tally:
    """What a run did.

    Args:
        programs: how many programs were run, shrinking left out.
        drawn: how many of them were random.
        long_programs: how many of these had at least twenty operations.
        cells: how many cells were covered.
        operations: how many operations they did.
        observations: how many looks at the state were taken.
        backend_seconds: the time spent in the backend's operations.
        faults: how many faults took place.
        undecided: how many programs had more orders of concurrent operations than can be tried.
    """

    programs: int = 0
    drawn: int = 0
    long_programs: int = 0
    cells: int = 0
    operations: int = 0
    observations: int = 0
    backend_seconds: float = 0.0
    faults: int = 0
    undecided: int = 0

    def count(self, program: Program, execution: Execution, *, drawn: bool = False) -> None:
        """Count an execution.

        Args:
            program: what was run.
            execution: what came of it.
            drawn: whether it is a random one.
        """
        self.programs += 1
        self.drawn += drawn
        self.long_programs += drawn and len(program) >= 20
        self.operations += execution.operations
        self.observations += execution.observations
        self.backend_seconds += execution.backend_seconds
        self.faults += execution.faults
        self.undecided += execution.undecided

    def add(self, other: Tally) -> None:
        """Count what another run did.

        Args:
            other: its tally.
        """
        for field in fields(self):
            setattr(self, field.name, getattr(self, field.name) + getattr(other, field.name))
