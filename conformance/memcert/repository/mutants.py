"""Writes the rule x mutant matrix, and the corpus, which is made of what it finds.

Run as ``python -m memcert.repository.mutants reports conformance`` (``nox -s matrix``).
"""

from __future__ import annotations

import sys
from pathlib import Path

from memcert.contracts import BUILT_IN, contract_of
from memcert.engine.contract import Contract
from memcert.engine.output.files import write_text
from memcert.reports.terminal import Terminal
from memcert.repository.corpus_writer import gather
from memcert.repository.matrix import judge_mutants, markdown


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
            matrix = judge_mutants(contract, contract.mutants())
            write_text(folder / matrix_file(contract), markdown(matrix))
            changes = gather(packages.joinpath(*contract.module.split("."), "corpus"), matrix)
        for change in changes:
            console.print(change, markup=False)
        complaints += matrix.complaints
    for complaint in complaints:
        console.print(f"[bold red]{complaint}[/]")
    sys.exit(1 if complaints else 0)


def matrix_file(contract: Contract) -> str:
    """Return the name of the file that has the matrix of a contract.

    Args:
        contract: the contract.
    """
    # That of the first one is older than any other.
    return "mutants.md" if contract.id == "short-term" else f"mutants-{contract.id}.md"


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
