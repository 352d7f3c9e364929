"""The matrix in ``reports/`` is of the rules and mutants that there are, and shows no survivor.

`test_mutants.py` checks what it says, mutant by mutant; this checks that it is not an old one.
"""

from __future__ import annotations

import re
from pathlib import Path

from memcert.short_term import CONTRACT
from memcert.short_term.mutants import MUTANTS

MATRIX = Path(__file__).parents[3] / "reports" / "mutants.md"


def rows(heading: str) -> dict[str, str]:
    """Return the rows of a table of the report by their first cell."""
    text = MATRIX.read_text(encoding="utf-8")
    part = text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    found = re.findall(r"^\| ([^ |]+) \| (.*) \|$", part, re.MULTILINE)
    return {name: rest for name, rest in found if name not in ("rule", "mutant")}


def test_it_has_every_rule_and_no_other() -> None:
    assert list(rows("The rules")) == [rule.id for rule in CONTRACT.rules], "run: nox -s matrix"


def test_it_has_every_mutant_with_the_rules_that_it_fails() -> None:
    found = rows("The mutants")
    assert list(found) == list(MUTANTS), "run: nox -s matrix"
    for name, mutant in MUTANTS.items():
        meant = found[name].split(" | ")[1]
        assert re.findall(r"([A-Z]+-[0-9]+) \([0-9]+\)", meant) == list(mutant.kills), name


def test_no_rule_is_without_a_mutant_and_no_mutant_survives() -> None:
    text = MATRIX.read_text(encoding="utf-8")
    assert "- rules that no mutant fails: none\n" in text
    assert "- mutants that a rule meant for them lets pass: none\n" in text
