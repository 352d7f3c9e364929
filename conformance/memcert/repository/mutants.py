"""Writes the rule x mutant matrix, and the common corpus, which is made of what it finds.

Run as ``python -m memcert.repository.mutants reports conformance/memcert/short_term/corpus``
(``nox -s matrix``).
"""

from __future__ import annotations

import sys
from pathlib import Path

from memcert.engine.output.files import write_text
from memcert.reports.terminal import Terminal
from memcert.repository.corpus_writer import gather
from memcert.repository.matrix import judge_mutants, markdown
from memcert.short_term import CONTRACT
from memcert.short_term.mutants import MUTANTS


def main(folder: Path, corpus: Path) -> None:
    """Judge the rules by the mutants and write what was found.

    Args:
        folder: where the matrix is written, as ``mutants.md``.
        corpus: the folder of the common corpus.
    """
    console = Terminal()
    with console.status("judging the rules by the mutants: some minutes"):
        matrix = judge_mutants(CONTRACT, MUTANTS)
        write_text(folder / "mutants.md", markdown(matrix))
        changes = gather(corpus, matrix)
    for change in changes:
        console.print(change, markup=False)
    for complaint in matrix.complaints:
        console.print(f"[bold red]{complaint}[/]")
    sys.exit(1 if matrix.complaints else 0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
