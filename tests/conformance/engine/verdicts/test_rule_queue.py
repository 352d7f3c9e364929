"""Rules that several threads take."""

from __future__ import annotations

from threading import Thread

from memcert.engine.rule import Rule
from memcert.engine.verdicts.rule_queue import SMALL, RuleQueue, in_order
from memcert.short_term import CONTRACT

ONE, OTHER = CONTRACT.rules[:2]


def test_they_are_taken_in_order_and_then_no_more() -> None:
    queue = RuleQueue([ONE, OTHER])
    for rule in (ONE, OTHER):
        assert queue.take() is rule
        queue.done(rule)
    assert queue.take() is None


def test_who_finds_none_waits_until_nobody_can_put_one_back() -> None:
    queue = RuleQueue([ONE])
    assert queue.take() is ONE
    taken: list[Rule | None] = []
    waiting = Thread(target=lambda: taken.append(queue.take()), daemon=True)
    waiting.start()
    waiting.join(0.2)
    assert waiting.is_alive()
    queue.put_back(ONE)
    waiting.join(10)
    assert taken == [ONE]


def test_who_waits_is_told_of_the_end() -> None:
    queue = RuleQueue([ONE])
    assert queue.take() is ONE
    taken: list[Rule | None] = []
    waiting = Thread(target=lambda: taken.append(queue.take()), daemon=True)
    waiting.start()
    queue.done(ONE)
    waiting.join(10)
    assert taken == [None]


def test_what_is_left_is_nobodys_after_the_end() -> None:
    queue = RuleQueue([ONE, OTHER])
    assert queue.take() is ONE
    assert queue.end() == [OTHER]
    queue.done(ONE)
    assert queue.take() is None


def _size(rule: Rule) -> int:
    return sum(len(swept.program) for swept in rule.swept)


def test_small_sweeps_come_first_and_then_the_largest() -> None:
    ordered = in_order(CONTRACT.rules)
    assert sorted(rule.id for rule in ordered) == sorted(rule.id for rule in CONTRACT.rules)
    small = [rule for rule in ordered if _size(rule) <= SMALL]
    assert small
    assert list(ordered[: len(small)]) == small
    # As the contract lists them.
    assert small == [rule for rule in CONTRACT.rules if _size(rule) <= SMALL]
    sizes = [_size(rule) for rule in ordered[len(small) :]]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] > 10 * SMALL
