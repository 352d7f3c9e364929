"""A memory that has only what every memory must have fails nothing for lack of the rest."""

from __future__ import annotations

from memcert.engine.running.runner import Runner
from memcert.engine.search.effort import Effort
from memcert.engine.search.plan import Plan
from memcert.engine.verdicts.certification import certify
from memcert.engine.verdicts.progress import Progress
from memcert.engine.verdicts.saved_failures import SavedFailures
from memcert.engine.verdicts.verdict import Finding
from memcert.short_term import CONTRACT
from memcert.short_term.mutants.folder_host import Kept
from memcert.short_term.mutants.mutant import backend_of

TAKING_IT = frozenset(
    entry.rule
    for entry in CONTRACT.corpus.entries
    if "export" in entry.program.needs - CONTRACT.by_id[entry.rule].needs
)
"""The rules of which only some programs export or import a state."""


class WithoutExtension(Kept):
    """The durable host, without the extension."""

    def __getattribute__(self, name: str) -> object:
        if name in ("export_state", "import_state"):
            raise AttributeError(name)
        return super().__getattribute__(name)


def test_one_without_the_extension_passes_rules_of_which_some_programs_take_it() -> None:
    assert len(TAKING_IT) > 5
    with Runner(CONTRACT, backend_of("without", WithoutExtension)) as runner:
        plan = Plan(rules=TAKING_IT, effort=Effort.QUICK)
        found = certify(runner, plan, SavedFailures(None, "without", CONTRACT), Progress())
    assert not found.capabilities.export  # type: ignore[attr-defined]
    broken = [each.rule for each in found.verdicts if each.finding is Finding.FAILED]
    assert broken == []
