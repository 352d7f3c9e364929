"""Which rule is about a cause, whichever one came upon it."""

from __future__ import annotations

from memcert.engine.causes.form import Dissected, Form
from memcert.engine.contract import Contract
from memcert.engine.programs.program import Program
from memcert.engine.rule import Rule


def rule_about(form: Form, found_by: Rule, contract: Contract) -> Rule:
    """Return the rule that is about a cause: a program of its corpus does just that.

    Args:
        form: what programs hold that fail for it.
        found_by: the rule whose programs showed it, which is returned if there is no such program.
        contract: whose rules there are.
    """
    if any(is_just(form, program, contract) for program in contract.corpus.programs(found_by.id)):
        return found_by
    for entry in contract.corpus.entries:
        if entry.rule in contract.by_id and is_just(form, entry.program, contract):
            return contract.by_id[entry.rule]
    return found_by


def is_just(form: Form, program: Program, contract: Contract) -> bool:
    """Tell whether a program does what a form asks for, and nothing else.

    Args:
        form: the form.
        program: the program.
        contract: whose operations it is made of.
    """
    if len(program) > len(form.atoms):
        return False
    dissected = Dissected(program, contract.grammar, contract.observations)
    return dissected.size <= len(form.atoms) and form.find(dissected) is not None
