"""The matrix in ``reports/`` is of rules and mutants that there are, and shows no survivor.

It may be older than the newest of them: a job writes it anew on a schedule and before a release.
`test_mutants.py` checks what there is now.
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


def test_it_has_no_rule_that_there_is_not() -> None:
    assert rows("The rules").keys() <= {rule.id for rule in CONTRACT.rules}, "run: nox -s matrix"


def test_it_has_no_mutant_that_there_is_not_and_the_rules_that_it_fails() -> None:
    found = rows("The mutants")
    assert found.keys() <= MUTANTS.keys(), "run: nox -s matrix"
    for name, row in found.items():
        meant = row.split(" | ")[1]
        # A rule that is newer than the matrix may be among the mutant's.
        assert set(re.findall(r"([A-Z]+-[0-9]+) \([0-9]+\)", meant)) <= {*MUTANTS[name].kills}, name


def test_no_rule_is_without_a_mutant_and_no_mutant_survives() -> None:
    text = MATRIX.read_text(encoding="utf-8")
    assert "- rules that no mutant fails: none\n" in text
    assert "- mutants that a rule meant for them lets pass: none\n" in text
