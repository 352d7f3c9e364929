"""Which rule is about a cause, whichever one came upon it."""

from __future__ import annotations

from collections.abc import Collection

from memcert.engine.causes.form import Dissected, Form, form_of
from memcert.engine.contract import Contract
from memcert.engine.corpus.corpus import CorpusEntry
from memcert.engine.programs.program import Program
from memcert.engine.rule import Consequence, Faults, Level, Rule
from memcert.engine.verdicts.verdict import Counterexample

SOME_MORE = 100
"""By how many characters a form asks for something more than another one."""


def rule_about(
    form: Form,
    smallest: Counterexample,
    found_by: Rule,
    contract: Contract,
    among: Collection[str],
) -> Rule:
    """Return the rule that is about a cause: a program of its corpus does just that.

    Of several, it is the one that is about the least beside it.

    Args:
        form: what programs hold that fail for it.
        smallest: the smallest program that shows it.
        found_by: the rule whose programs showed it, which is returned if no other one is better.
        contract: whose rules there are.
        among: the ids of the rules that are checked.
    """
    refused = smallest.divergence.expected.startswith("raised")

    alone = len(smallest.program.spaces) == 1

    def beside_it(rule: Rule) -> tuple[bool, bool, bool, int, int]:
        return (
            rule.strict != refused,
            # One space alone does not leak into another.
            alone and rule.consequence is Consequence.LEAK,
            rule.faults is not Faults.NONE,
            len(Level) if rule.level is None else rule.level.rank,
            len(rule.cells),
        )

    program = smallest.program

    def fit(entry: CorpusEntry) -> tuple[int, int, int, tuple[bool, bool, bool, int, int], str]:
        # Two messages of one call are another matter than two calls, and so is another process.
        clients = abs(len(entry.program.clients) - len(program.clients))
        steps = abs(len(entry.program) - len(program))
        asks = len(form_of(entry.program, grammar).key) // SOME_MORE
        return clients, steps, asks, beside_it(contract.by_id[entry.rule]), entry.rule

    grammar, observations = contract.grammar, contract.observations
    entries = [entry for entry in contract.corpus.entries if entry.rule in among]
    just = [each for each in entries if is_just(form, smallest.program, each.program, contract)]
    sole = len(program) == 1 and alone and not program.is_concurrent
    if sole and not just and not refused and form.is_plain and not form.setting:
        # One plain operation does not work: what says most of it is the first rule on it.
        area = contract.areas.get(program.steps[0].operation.kind)
        on_it = [rule for rule in contract.rules if rule.id.partition("-")[0] == area]
        first = next((rule for rule in on_it if rule.id in among), None)
        if first is not None:
            return first
    near = just or [entry for entry in entries if form.is_in(entry.program, grammar, observations)]
    return contract.by_id[min(near, key=fit).rule] if near else found_by


def is_just(form: Form, smallest: Program, program: Program, contract: Contract) -> bool:
    """Tell whether a program does what a cause needs, and nothing else, nor in a special way.

    Args:
        form: what the cause needs.
        smallest: the smallest program that shows it.
        program: the program.
        contract: whose operations these are made of.
    """
    if len(program) > len(form.atoms) or len(program.clients) != len(smallest.clients):
        return False
    grammar, observations = contract.grammar, contract.observations
    dissected = Dissected(program, grammar, observations)
    if dissected.size > len(form.atoms) or form.find(dissected) is None:
        return False
    own = form_of(program, grammar)
    return own.is_in(smallest, grammar, observations)
