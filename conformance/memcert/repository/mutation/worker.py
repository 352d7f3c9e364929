"""The process that certifies one mutant, and ends however that goes."""

from __future__ import annotations

import json
import os
import traceback
from dataclasses import asdict, dataclass
from enum import Enum
from pathlib import Path

from memcert.engine.clients.handle import BadFactory
from memcert.engine.output.foreign_text import one_line
from memcert.repository.mutation.certifying import FirstFailure, first_failure
from memcert.repository.mutation.mutant_backend import TRIAL, mutant_backend, specification
from memcert.repository.mutation.overlay import lay_out
from memcert.repository.mutation.sources import SOURCES

RESULT = "result.json"
"""The file in a mutant's folder that says what became of it."""

BEGUN = "begun"
"""The file that says that the process began: what goes wrong before is not the mutant's."""

_LONGEST = 300


class Fate(Enum):
    """What becomes of a mutant."""

    FAILED = "by a rule"
    UNUSABLE = "by preflight"
    TIME = "by time"
    CRASH = "by crash"
    SURVIVED = "survived"


@dataclass(frozen=True)
class Result:
    """What became of a mutant.

    Args:
        fate: what.
        rule: the rule that failed it; "" if none did.
        shown: what was seen, in one line.
        unsupported: the rules that it does not support.
    """

    fate: Fate
    rule: str = ""
    shown: str = ""
    unsupported: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        """Return its JSON form."""
        return asdict(self) | {"fate": self.fate.value}

    @classmethod
    def from_json(cls, text: str) -> Result:
        """Return the result of a JSON form.

        Args:
            text: the text of a result of `to_json`.

        Raises:
            ValueError: it is none.
        """
        data = json.loads(text)
        if not isinstance(data, dict) or data.keys() != cls.__annotations__.keys():
            raise ValueError("it is no result")
        unsupported = tuple(map(str, data["unsupported"]))
        return cls(Fate(data["fate"]), str(data["rule"]), str(data["shown"]), unsupported)


@dataclass(frozen=True)
class MutationTrial:
    """What a process is asked to certify.

    Args:
        source: the name of what it is a mutant of.
        file: the file that is changed, from the root of the repository.
        text: what it holds.
        unsupported: the rules that it need not support; None for any.
        rules: the only rules that are checked; none for all of the level.
    """

    source: str
    file: str
    text: str
    unsupported: tuple[str, ...] | None
    rules: tuple[str, ...] = ()


def work(folder: Path, trial: MutationTrial) -> None:
    """Certify one mutant and write the result into its folder; the process ends with that.

    Args:
        folder: an empty folder for whatever is written.
        trial: what is certified.
    """
    # A group, so that whoever waits can end all of it; what a backend prints is of no use.
    os.setpgid(0, 0)
    silence = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(silence, descriptor)
    os.environ["TMPDIR"] = str(folder)
    (folder / BEGUN).touch()
    result = _result(folder, trial)
    place = folder / RESULT
    place.with_suffix(".part").write_text(json.dumps(result.to_json()), encoding="utf-8")
    place.with_suffix(".part").replace(place)
    # Without what threads and exit handlers of a broken backend may wait for.
    os._exit(0)


def _result(folder: Path, trial: MutationTrial) -> Result:
    source = SOURCES[trial.source]
    unsupported = None if trial.unsupported is None else frozenset(trial.unsupported)
    try:
        lay_out(folder, source, trial.file, trial.text)
        about = {"source": trial.source, "file": trial.file}
        (folder / TRIAL).write_text(json.dumps(about), encoding="utf-8")
        found = first_failure(
            source, mutant_backend(specification(folder)), unsupported, frozenset(trial.rules)
        )
    except BadFactory as error:
        return Result(Fate.UNUSABLE, shown=one_line(str(error))[:_LONGEST])
    except BaseException as error:
        # Whatever it is, it is the mutant's: the unchanged backend is certified before any.
        where = traceback.extract_tb(error.__traceback__)[-1]
        shown = f"{type(error).__name__}: {error} ({Path(where.filename).name}:{where.lineno})"
        return Result(Fate.CRASH, shown=one_line(shown)[:_LONGEST])
    if isinstance(found, FirstFailure):
        return Result(Fate.FAILED, found.rule, found.shown)
    return Result(Fate.SURVIVED, unsupported=tuple(sorted(found)))
