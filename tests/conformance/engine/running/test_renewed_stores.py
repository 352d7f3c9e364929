"""A store that is started anew is not one that nothing was ever stored in."""

from __future__ import annotations

from memcert.engine.programs.program import Program, Step
from memcert.engine.running.runner import Runner
from memcert.resolver import resolve
from memcert.short_term import CONTRACT
from memcert.short_term.operations import Size


def test_something_is_stored_in_it() -> None:
    # It fails in a store until something is added.
    program = Program((Step(Size()),))
    with Runner(CONTRACT, resolve("mutant:empty-store-raises")) as runner:
        assert runner.execute(program).divergence is not None
        assert runner.renew()
        assert runner.execute(program).divergence is None
        runner.isolates = True
        assert runner.execute(program).divergence is None
