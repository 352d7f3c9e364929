"""Known deviations: rules that a backend breaks, with its users' knowledge.

They are declared in a TOML file::

    [[deviation]]
    rule = "DEL-02"
    reason = "delete counts the ids asked for"
    link = "https://example.com/issues/1"
    expires = 2027-01-31
    program = "delete-count.json"

The program is replayed on every run. A deviation that no longer fails, names an unknown rule, was
not used or is expired turns the run red, and none ever raises a level.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from memcert.engine.contract import Contract
from memcert.engine.programs.operation import MalformedProgram
from memcert.engine.programs.program import Program
from memcert.engine.programs.reading import parse_program


class MalformedDeviations(Exception):
    """A deviations file is not what it should be; one line that says where."""


@dataclass(frozen=True)
class Deviation:
    """A rule that a backend breaks, with its users' knowledge.

    Args:
        rule: the rule's id.
        reason: why.
        link: where more is said.
        expires: the last day on which it is accepted.
        program: what shows it.
    """

    rule: str
    reason: str
    link: str
    expires: date
    program: Program

    @property
    def title(self) -> str:
        """How a complaint names it."""
        return f"the deviation from {self.rule}"

    def why_expired(self, today: date) -> str:
        """Return that it is expired, in one line; empty if it is not.

        Args:
            today: the day.
        """
        return f"{self.title} expired on {self.expires}" if self.expires < today else ""

    @property
    def why_mended(self) -> str:
        """That its program no longer fails, in one line."""
        return f"{self.title} no longer fails: its program keeps the rule"


_FIELDS = {"rule": str, "reason": str, "link": str, "expires": date, "program": str}


def read_deviations(path: Path, contract: Contract) -> Sequence[Deviation]:
    """Return the deviations that a file declares.

    Args:
        path: the TOML file; programs are looked for from its folder.
        contract: whose rules and operations they name.

    Raises:
        MalformedDeviations: the file, or a program of it, cannot be read.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise MalformedDeviations(f"{path}: {error}") from error
    except RecursionError as error:
        raise MalformedDeviations(f"{path} cannot be read: it is nested too deep") from error
    items = data.pop("deviation", [])
    if data or not isinstance(items, list):
        raise MalformedDeviations(f"{path}: only [[deviation]] tables are known")
    if not items:
        raise MalformedDeviations(f"{path} declares nothing: it has no [[deviation]] table")
    found = [_read(item, number, path, contract) for number, item in enumerate(items, 1)]
    # A rule may be broken in two ways, but each of them is declared once.
    ways = [(deviation.rule, deviation.program.to_text()) for deviation in found]
    repeated = sorted({rule for rule, program in ways if ways.count((rule, program)) > 1})
    if repeated:
        raise MalformedDeviations(f"{path}: {repeated[0]} is declared twice with one program")
    return found


def _read(item: Any, number: int, path: Path, contract: Contract) -> Deviation:
    where = f"{path}: deviation {number}"
    if not isinstance(item, dict):
        raise MalformedDeviations(f"{where} is not a table")
    for field in item:
        if field not in _FIELDS:
            raise MalformedDeviations(f"{where} has an unknown field {field!r}")
    for field, kind in _FIELDS.items():
        value = item.get(field)
        if not isinstance(value, kind) or isinstance(value, datetime):
            raise MalformedDeviations(f"{where} lacks its {field}, a {_named(kind)}")
    if item["rule"] not in contract.by_id:
        raise MalformedDeviations(f"{where} names the rule {item['rule']!r}, which there is not")
    try:
        program = parse_program((path.parent / item["program"]).read_bytes(), contract.operations)
    except (OSError, ValueError, MalformedProgram) as error:
        raise MalformedDeviations(f"{where}: its program {item['program']}: {error}") from error
    return Deviation(item["rule"], item["reason"], item["link"], item["expires"], program)


def _named(kind: type) -> str:
    return "date, such as 2027-01-31" if kind is date else "string"
