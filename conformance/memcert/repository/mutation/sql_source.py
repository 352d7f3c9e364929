"""The mutations of the SQL that stands in the strings of Python sources.

SQL that SQLAlchemy builds is mutated as the Python that it is (`python_source`): a dropped
``.where(...)``, a ``&`` that becomes ``|``, another comparison. What SQLAlchemy has no words for is
text, in which these operators look for words of SQL. What stands in braces is another piece, and
nothing is changed within it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from memcert.repository.mutation.edits import Edit, Lines, Span, outside
from memcert.repository.mutation.python_parts import left_as_they_are, span_of

_WORDS = re.compile(
    r"\b(SELECT|INSERT|UPDATE|DELETE|FROM|WHERE|VALUES|CONFLICT|DISTINCT|RETURNING|EXISTS)\b"
)
_BRACES = re.compile(r"\{\{|\}\}|\{[^{}]*\}")

# A condition ends where another word or a closing bracket comes; what is in brackets is part of it.
_CONDITION = r"(?:[^()\"';]|\([^()]*\))*?"
_END = r"(?=\"|'|;|\)| AND | GROUP | ORDER | RETURNING| FOR | OFFSET| ON CONFLICT|$)"

_CHANGES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("comparison", r"(?<![<>!:=])=(?!=)", ("<>", ">=", "<=")),
    ("arithmetic", r" \+ ", (" - ",)),
    ("arithmetic", r" - (?![->])", (" + ",)),
    ("boolean", r"\bAND\b", ("OR",)),
    ("negation", r"(?<!IF )\bNOT EXISTS\b", ("EXISTS",)),
    ("negation", r"\bIS NULL\b", ("IS NOT NULL",)),
    ("negation", r"\bIS NOT NULL\b", ("IS NULL",)),
    ("distinct-dropped", r"\bDISTINCT ", ("",)),
    ("order", r"\bASC\b", ("DESC",)),
    ("order", r"\bDESC\b", ("ASC",)),
    ("order", r" ORDER BY [\w., ]+", ("",)),
    ("limit", r" LIMIT [\w:]+", ("",)),
    ("join", r"(?<!LEFT )(?<!CROSS )\bJOIN\b", ("LEFT JOIN",)),
    ("join", r"\bLATERAL ", ("",)),
    ("lock-dropped", r" FOR UPDATE\b", ("",)),
    ("condition-dropped", rf" AND {_CONDITION}{_END}", ("",)),
    ("condition-dropped", rf"(?<=WHERE ){_CONDITION} AND ", ("",)),
    ("condition-dropped", rf" WHERE {_CONDITION}(?=\)| RETURNING|;| ON CONFLICT|\"|'|$)", ("",)),
    ("conflict", r" ?ON CONFLICT(?: \((?:[^()]|\([^()]*\))*\))? DO NOTHING", ("",)),
    ("conflict", r"\bexcluded\.", ("",)),
    ("conflict", r" IF NOT EXISTS\b", ("",)),
    ("conflict", r"\bUNIQUE ", ("",)),
    ("when", r"\bBEFORE\b", ("AFTER",)),
    ("statement-deleted", r" (?:INSERT|DELETE|UPDATE) [^;\"]*;", ("",)),
    ("assignment-dropped", r"(?<=SET )\w+ = [^,;\"']+, ", ("",)),
    ("assignment-dropped", r"(?<!SELECT), \w+ = [^,;\"' ]+(?: [+-] [\w.:]+)?", ("",)),
    ("other-column", r"\buser_id(?= =)|(?<=NEW\.)user_id\b", ("session_id",)),
    ("other-column", r"\bsession_id(?= =)|(?<=NEW\.)session_id\b", ("user_id",)),
    ("other-column", r"(?<![\w_])number(?= =)", ("space_id",)),
    ("other-parameter", r":user\b", (":session",)),
    ("other-parameter", r":session\b", (":user",)),
    ("other-parameter", r":new_mark\b", (":old_mark",)),
    ("other-parameter", r":old_mark\b", (":new_mark",)),
    ("count", r"\bcount\(\*\)", ("0", "1")),
)
"""An operator, what it looks for, and what it puts there; each of these is a mutation."""

_LEADING = re.compile(r"\b(SET|WHERE|AND|OR|ON|WHEN|SELECT|VALUES)\b")
_NUMBER = re.compile(r"(?<![\w.$:\[{])[0-9]+(?![\w.\]}])")


def sql_edits(text: str, *, skipped: frozenset[str] = frozenset()) -> Iterator[Edit]:
    """Yield the changes of the SQL in the strings of a Python source.

    Args:
        text: the source.
        skipped: functions that are left out, as ``function`` or ``Class.method``.
    """
    tree, lines = ast.parse(text), Lines(text)
    found = [edit for span in _texts(tree, lines, text) for edit in _changes(text, span)]
    yield from outside(found, left_as_they_are(tree, lines, skipped))


def _texts(tree: ast.Module, lines: Lines, text: str) -> Iterator[Span]:
    """Yield the parts of a source that are strings with words of SQL, a line of it each."""
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if not is_text and not isinstance(node, ast.JoinedStr):
            continue
        span = span_of(node, lines)
        # Strings that stand beside one another are one to Python; what is no SQL is among them.
        if _WORDS.search(text, span.start, span.end):
            yield span


def _changes(text: str, span: Span) -> Iterator[Edit]:
    code = text[span.start : span.end]
    opaque = [Span(*found.span()) for found in _BRACES.finditer(code)]
    for operator, pattern, replacements in _CHANGES:
        for found in re.finditer(pattern, code):
            is_set = operator == "comparison" and _assigns(code[: found.start()])
            if not is_set and not _cuts(found.start(), found.end(), opaque):
                for new in replacements:
                    yield Edit(operator, span.start + found.start(), span.start + found.end(), new)
    for found in _NUMBER.finditer(code):
        if not _cuts(found.start(), found.end(), opaque):
            for number in (int(found.group()) + 1, int(found.group()) - 1):
                start, end = span.start + found.start(), span.start + found.end()
                yield Edit("number", start, end, str(number))


def _assigns(before: str) -> bool:
    """Tell whether an equals sign assigns: what is not SQL would fail at once, and say nothing."""
    words = _LEADING.findall(before)
    return bool(words) and words[-1] == "SET"


def _cuts(start: int, end: int, opaque: list[Span]) -> bool:
    """Tell whether a part begins or ends within one of those that are left alone."""
    return any(
        part.start < start < part.end
        or part.start < end < part.end
        or (part.start <= start and end <= part.end)
        for part in opaque
    )
