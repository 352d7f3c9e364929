"""``memcert explain``: what a rule says, and what it finds."""

from __future__ import annotations

import difflib

import click

from memcert.command_line.errors import WrongQuestion, in_one_line
from memcert.reports.terminal import Terminal
from memcert.short_term import CONTRACT
from memcert.short_term.mutants import MUTANTS


@click.command()
@click.argument("rule")
@in_one_line
def explain(rule: str) -> None:
    """Say what a rule means, what breaking it means, and which mutants it finds."""
    found = CONTRACT.by_id.get(rule.upper())
    if found is None:
        near = difflib.get_close_matches(rule.upper(), CONTRACT.by_id, n=3)
        hint = (
            f": did you mean {' or '.join(near)}?" if near else "; reference/CONTRACT.md lists them"
        )
        raise WrongQuestion(f"there is no rule {rule!r}{hint}")
    console = Terminal()
    level = "an extension, of no level" if found.level is None else f"level {found.level.value}"
    console.print(f"[bold]{found.id}[/] {found.text}")
    console.print(f"  {level}; broken, it means: {found.consequence.meaning}")
    if found.strict:
        console.print("  strict: counted apart from the levels")
    if found.needs:
        console.print(f"  needs a backend that is: {', '.join(sorted(found.needs))}")
    killers = [mutant for mutant in MUTANTS.values() if found.id in mutant.kills]
    for mutant in killers:
        console.print(f"  finds mutant:{mutant.name}: {mutant.text}", markup=False)
    console.print(f"  check it alone: memcert certify BACKEND --rule {found.id}")
