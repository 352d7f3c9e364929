"""The rules that are still to be checked, where several processes check them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from threading import Condition

from memcert.engine.rule import Rule

SMALL = 60
"""Up to how many operations a sweep has that is run before the large ones."""


def in_order(rules: Sequence[Rule]) -> Sequence[Rule]:
    """Return rules in the order in which they are best checked.

    Small sweeps say soonest what is wrong, and most simply. Of the others the largest come first,
    so that processes that share them end at about the same time.

    Args:
        rules: the rules.
    """
    sizes = {rule.id: sum(len(swept.program) for swept in rule.swept) for rule in rules}
    small = [rule for rule in rules if sizes[rule.id] <= SMALL]
    large = [rule for rule in rules if sizes[rule.id] > SMALL]
    return [*small, *sorted(large, key=lambda rule: -sizes[rule.id])]


class RuleQueue:
    """Rules that are taken one by one, by whoever has time; threads may share it.

    Args:
        rules: the rules, in the order in which they are to be taken.
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._left = deque(rules)
        self._taken: set[str] = set()
        self._changed = Condition()

    def take(self) -> Rule | None:
        """Return the next rule; None at the end.

        As long as others are at a rule, the end has not come: it may be put back.
        """
        with self._changed:
            while not self._left and self._taken:
                self._changed.wait()
            if not self._left:
                return None
            rule = self._left.popleft()
            self._taken.add(rule.id)
            return rule

    def done(self, rule: Rule) -> None:
        """Be told that a rule is checked.

        Args:
            rule: one that was taken.
        """
        with self._changed:
            self._taken.discard(rule.id)
            self._changed.notify_all()

    def put_back(self, rule: Rule) -> None:
        """Have a rule taken by somebody else, before any other.

        Args:
            rule: one that was taken.
        """
        with self._changed:
            self._left.appendleft(rule)
            self._taken.discard(rule.id)
            self._changed.notify_all()

    def end(self) -> Iterable[Rule]:
        """Take what is left, so that nothing is for anybody else, and return it."""
        with self._changed:
            left = [*self._left]
            self._left.clear()
            self._changed.notify_all()
            return left
