"""The mutations of Python sources."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator

from memcert.repository.mutation.cosmic_operators import cosmic_edits
from memcert.repository.mutation.edits import Edit, Lines, outside
from memcert.repository.mutation.python_operators import PythonOperators
from memcert.repository.mutation.python_parts import left_as_they_are


def python_edits(
    text: str, *, skipped: frozenset[str] = frozenset(), texts: bool = True
) -> Iterator[Edit]:
    """Yield the changes of a Python source, by cosmic-ray's operators and by our own.

    Args:
        text: the source.
        skipped: functions that are left out, as ``function`` or ``Class.method``.
        texts: whether texts are changed too.
    """
    tree = ast.parse(text)
    spans = left_as_they_are(tree, Lines(text), skipped)
    edits = [*cosmic_edits(text), *PythonOperators(text, texts=texts).edits(tree)]
    yield from outside(edits, spans)


def is_python(text: str) -> bool:
    """Tell whether a text is Python that can be compiled.

    Args:
        text: the text.
    """
    try:
        with warnings.catch_warnings():
            # `x is 0` is one, and a mutant all the same.
            warnings.simplefilter("ignore")
            compile(text, "<mutation>", "exec")
    except (SyntaxError, ValueError):
        return False
    return True
