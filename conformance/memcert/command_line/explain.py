"""``memcert explain``: what a rule says, and what it finds."""

from __future__ import annotations

import difflib

import click

from memcert.command_line.errors import WrongQuestion, in_one_line
from memcert.contracts import contracts
from memcert.engine.search.effort import Effort
from memcert.reports.cells import listed
from memcert.reports.terminal import Terminal


@click.command()
@click.argument("rule")
@in_one_line
def explain(rule: str) -> None:
    """Say what a rule means, what breaking it means, and which mutants it finds."""
    wanted = rule.upper()
    contract = next((each for each in contracts() if wanted in each.by_id), None)
    if contract is None:
        known = [*contracts()]
        ids = [each for contract in known for each in contract.by_id]
        near = difflib.get_close_matches(wanted, ids, n=3)
        lists = " and ".join(each.document for each in known)
        hint = f": did you mean {' or '.join(near)}?" if near else f"; {lists} lists them"
        raise WrongQuestion(f"there is no rule {rule!r}{hint}")
    found = contract.by_id[wanted]
    console = Terminal()
    level = "an extension, of no level" if found.level is None else f"level {found.level.value}"
    console.print(f"[bold]{found.id}[/] {found.text}")
    console.print(f"  {level}; broken, it means: {found.consequence.meaning}")
    if found.strict:
        console.print("  strict: counted apart from the levels")
    if found.needs:
        console.print(f"  needs a backend that is: {', '.join(sorted(found.needs))}")
    effort = ", ".join(f"{each.programs_for(found)} {each.value}" for each in Effort)
    console.print(f"  cells: {len(found.cells):,}; random programs by effort: {effort}")
    for line in listed(found.cells):
        console.print(f"    {line}", markup=False)
    killers = [mutant for mutant in contract.mutants().values() if found.id in mutant.kills]
    for mutant in killers:
        console.print(f"  finds mutant:{mutant.name}: {mutant.text}", markup=False)
    console.print(f"  check it alone: memcert certify BACKEND --rule {found.id}")
