"""What came of the mutants, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from memcert.repository.mutation.judgements import JudgedSurvivor, SurvivorKind
from memcert.repository.mutation.mutation import Mutation, MutationKey
from memcert.repository.mutation.worker import Fate, Result


@dataclass(frozen=True)
class Tried:
    """A mutant and what became of it.

    Args:
        mutation: the mutant.
        result: what became of it.
        judged: what somebody said of it; None if nobody did.
    """

    mutation: Mutation
    result: Result
    judged: JudgedSurvivor | None

    @property
    def survived(self) -> bool:
        """Whether nothing told it from what it was."""
        return self.result.fate is Fate.SURVIVED

    @property
    def is_equivalent(self) -> bool:
        """Whether it survived, and somebody says that it must."""
        return (
            self.survived
            and self.judged is not None
            and self.judged.judgement is SurvivorKind.EQUIVALENT
        )


@dataclass(frozen=True)
class MutationScore:
    """How many mutants of something were killed.

    Args:
        tried: the mutants.
        known: how many there are, tried or not.
    """

    tried: Sequence[Tried]
    known: int

    @property
    def fates(self) -> Mapping[Fate, int]:
        """How many met each fate."""
        return Counter(each.result.fate for each in self.tried)

    @property
    def survivors(self) -> list[Tried]:
        """Those that nothing told from what they were."""
        return [each for each in self.tried if each.survived]

    @property
    def equivalent(self) -> int:
        """How many of the survivors are judged to be equivalent."""
        return sum(each.is_equivalent for each in self.tried)

    @property
    def not_judged(self) -> list[Tried]:
        """The survivors that nobody judged."""
        return [each for each in self.survivors if each.judged is None]

    @property
    def killed(self) -> int:
        """How many did not survive."""
        return len(self.tried) - len(self.survivors)

    @property
    def counted(self) -> int:
        """How many are not equivalent."""
        return len(self.tried) - self.equivalent

    @property
    def rate(self) -> str:
        """How many of those that are not equivalent were killed, in per cent."""
        return f"{100 * self.killed / self.counted:.1f} %" if self.counted else "none"


@dataclass(frozen=True)
class Findings:
    """What came of the mutants of every source.

    Args:
        scores: by the name of the source, in the order of the sources.
        judgements: all that there are.
    """

    scores: Mapping[str, MutationScore]
    judgements: Mapping[MutationKey, JudgedSurvivor]

    @property
    def total(self) -> MutationScore:
        """The score of all of them."""
        tried = [each for score in self.scores.values() for each in score.tried]
        return MutationScore(tried, sum(score.known for score in self.scores.values()))

    @property
    def complete(self) -> bool:
        """Whether all mutants were tried, and not a sample of them."""
        return len(self.total.tried) == self.total.known

    @property
    def complaints(self) -> list[str]:
        """What is wrong, a line each: survivors without a judgement, and judgements without one."""
        found = [
            f"{each.mutation.id} survived and is not judged: {each.mutation.key.file}:"
            f"{each.mutation.line}"
            for each in self.total.not_judged
        ]
        found += [
            f"{each.mutation.id} is judged {each.judged.judgement.value}, and is found"
            f" {each.result.fate.value} {each.result.rule}".rstrip()
            for each in self.total.tried
            if each.judged is not None and not each.survived
        ]
        if self.complete:
            known = {each.mutation.key for each in self.total.tried}
            files = {key.file for key in known}
            found += [
                f"a judgement is of no mutant that there is: {key.file}, {key.operator},"
                f" {key.original.splitlines()[0] if key.original else ''}"
                for key in self.judgements
                if key not in known and key.file in files
            ]
        return found
