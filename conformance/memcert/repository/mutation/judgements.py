"""What people say of mutants that no rule fails: equivalent, or a real gap.

They are kept in a TOML file, a table for each. A mutant is found again by its file, its operator
and its lines, before and after, wherever these have moved.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from memcert.repository.mutation.mutation import MutationKey

_TABLE = "survivor"


class MalformedJudgements(Exception):
    """The file of judgements cannot be used; one line that says why."""


class SurvivorKind(Enum):
    """What somebody says of a mutant that no rule fails."""

    EQUIVALENT = "equivalent"
    """No program can tell it from what it was."""
    REAL = "real"
    """Some program can, and no rule has it."""


@dataclass(frozen=True)
class JudgedSurvivor:
    """What somebody says of one mutant.

    Args:
        key: the mutant.
        judgement: what it is.
        reason: why, in one sentence.
    """

    key: MutationKey
    judgement: SurvivorKind
    reason: str


def read_judgements(path: Path) -> dict[MutationKey, JudgedSurvivor]:
    """Return the judgements of a file; none if there is no such file.

    Args:
        path: the file.

    Raises:
        MalformedJudgements: it cannot be read, or says what makes no sense.
    """
    if not path.exists():
        return {}
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeError, tomllib.TOMLDecodeError) as error:
        raise MalformedJudgements(f"{path}: {error}") from error
    if not data.keys() <= {_TABLE} or not isinstance(data.get(_TABLE, []), list):
        raise MalformedJudgements(f"{path}: it is a list of tables [[{_TABLE}]], and nothing else")
    found: dict[MutationKey, JudgedSurvivor] = {}
    for number, table in enumerate(data.get(_TABLE, []), 1):
        try:
            judged = _judged(table)
        except ValueError as error:
            raise MalformedJudgements(f"{path}: [[{_TABLE}]] number {number}: {error}") from error
        if judged.key in found:
            raise MalformedJudgements(
                f"{path}: [[{_TABLE}]] number {number} is of the same mutant as one before it"
            )
        found[judged.key] = judged
    return found


def _judged(table: Mapping[str, Any]) -> JudgedSurvivor:
    kinds = {
        "file": str,
        "operator": str,
        "original": str,
        "mutated": str,
        "occurrence": int,
        "judgement": str,
        "reason": str,
    }
    if not isinstance(table, dict):
        raise ValueError("it is no table")
    for name, kind in kinds.items():
        if type(table.get(name)) is not kind:
            what = "a string" if kind is str else "a number"
            raise ValueError(f"{name!r} must be there, and {what}")
    unknown = sorted(table.keys() - kinds.keys())
    if unknown:
        raise ValueError(f"there is no {unknown[0]!r} in it")
    words = [each.value for each in SurvivorKind]
    if table["judgement"] not in words:
        raise ValueError(f"its judgement must be {' or '.join(words)}, not {table['judgement']!r}")
    if not table["reason"].strip():
        raise ValueError("its reason must not be empty")
    key = MutationKey(
        table["file"], table["operator"], table["original"], table["mutated"], table["occurrence"]
    )
    return JudgedSurvivor(key, SurvivorKind(table["judgement"]), table["reason"])


def to_be_judged(keys: Iterable[MutationKey]) -> str:
    """Return the tables of some mutants, to be completed by somebody.

    Args:
        keys: the mutants.
    """
    return "\n".join(
        f"[[{_TABLE}]]\n"
        f"file = {_quoted(key.file)}\n"
        f"operator = {_quoted(key.operator)}\n"
        f"original = {_quoted(key.original)}\n"
        f"mutated = {_quoted(key.mutated)}\n"
        f"occurrence = {key.occurrence}\n"
        'judgement = ""\n'
        'reason = ""\n'
        for key in keys
    )


def _quoted(text: str) -> str:
    """Return a text as TOML has it, of several lines if it is."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
    return f'"""\n{escaped}"""' if "\n" in text else f'"{escaped}"'
