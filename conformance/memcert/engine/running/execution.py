"""What came of running a program."""

from __future__ import annotations

from dataclasses import dataclass

from memcert.engine.judging.divergence import Divergence
from memcert.engine.programs.operation import Operation


@dataclass
class Execution:
    """What came of running a program.

    Args:
        divergence: where the backend first differed from the model; None if it never did.
        operations: how many operations of the program were done.
        observations: how many operations were done to look at the state.
        backend_seconds: the time spent in the backend's operations, observations included, and in
            opening and closing its memories.
        faults: how many faults of the program took place.
        undecided: whether there were more orders of concurrent operations than could be tried, so
            that nothing is known.
        loop_lost: whether something of the backend's cannot be stopped, so that the event loop is
            of no more use.
        blocked: what the backend kept the event loop with, so that nothing else could go on; empty
            if it did not.
        look: the look at the state that differed, if it was one that no step asks for.
        seconds: how long it took.
        cut_off: whether the run's time was used up before it was done, so that nothing is known.
    """

    divergence: Divergence | None = None
    operations: int = 0
    observations: int = 0
    backend_seconds: float = 0.0
    faults: int = 0
    undecided: bool = False
    loop_lost: bool = False
    blocked: str = ""
    look: Operation | None = None
    seconds: float = 0.0
    cut_off: bool = False
