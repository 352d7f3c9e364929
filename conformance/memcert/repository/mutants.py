"""Writes the rule x mutant matrix, and the corpus, which is made of what it finds.

Run as ``python -m memcert.repository.mutants reports conformance`` (``nox -s matrix``), or with the
ids of rules after that, for their programs in the corpus alone (``nox -s corpus -- MARK-04``).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from memcert.contracts import BUILT_IN, contract_of
from memcert.engine.contract import Contract
from memcert.engine.output.files import write_text
from memcert.reports.terminal import Terminal
from memcert.repository.corpus_writer import write_corpus
from memcert.repository.matrix import judge_mutants, markdown
from memcert.resolver import mutants_of


def main(folder: Path, packages: Path) -> None:
    """Judge the rules of every contract by its mutants and write what was found.

    Args:
        folder: where the matrices are written.
        packages: the folder of the packages that the contracts are in, and their corpora.
    """
    console = Terminal()
    complaints = []
    for each in BUILT_IN:
        contract = contract_of(each)
        with console.status(f"judging the rules of {contract.name} by the mutants: some minutes"):
            matrix = judge_mutants(contract, mutants_of(contract), jobs=os.cpu_count() or 1)
            write_text(folder / matrix_file(contract), markdown(matrix))
            changes = write_corpus(packages.joinpath(*contract.module.split("."), "corpus"), matrix)
        for change in changes:
            console.print(change, markup=False)
        complaints += matrix.complaints
    for complaint in complaints:
        console.print(f"[bold red]{complaint}[/]")
    sys.exit(1 if complaints else 0)


def write_programs(packages: Path, rules: Sequence[str]) -> None:
    """Write the programs of some rules into the corpus, by the mutants that are meant to fail them.

    Args:
        packages: the folder of the packages that the contracts are in, and their corpora.
        rules: the ids of the rules.
    """
    console = Terminal()
    known = {rule: each for each in map(contract_of, BUILT_IN) for rule in each.by_id}
    for rule in rules:
        if rule not in known:
            console.print(f"[bold red]there is no rule {rule!r}[/]")
            sys.exit(2)
        contract = known[rule]
        mutants = {
            name: mutant for name, mutant in mutants_of(contract).items() if rule in mutant.kills
        }
        if not mutants:
            console.print(f"[bold red]no mutant is meant to fail {rule}[/]")
            sys.exit(1)
        matrix = judge_mutants(contract, mutants)
        survived = [row.mutant.name for row in matrix.rows if rule in row.survived]
        for name in survived:
            console.print(f"[bold red]{rule} lets mutant:{name} pass[/]")
        folder = packages.joinpath(*contract.module.split("."), "corpus")
        for change in write_corpus(folder, matrix, [rule]):
            console.print(change, markup=False)
        if survived:
            sys.exit(1)


def matrix_file(contract: Contract) -> str:
    """Return the name of the file that has the matrix of a contract.

    Args:
        contract: the contract.
    """
    # That of the first one is older than any other.
    return "mutants.md" if contract.id == "short-term" else f"mutants-{contract.id}.md"


if __name__ == "__main__":
    if sys.argv[3:]:
        write_programs(Path(sys.argv[2]), sys.argv[3:])
    else:
        main(Path(sys.argv[1]), Path(sys.argv[2]))
