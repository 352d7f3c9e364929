"""Whether some order of what clients did at the same time explains what they saw.

An order explains a history if the model, asked for the operations one by one in that order, gives
every answer that was seen.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from memcert.engine.judging.history import Certainty, Event, ForkableModel
from memcert.engine.judging.pruning import Ahead, MakePruning, Pruning
from memcert.engine.programs.operation import Operation
from memcert.engine.programs.outcome import Outcome, same_outcome


class TooManyOrders(Exception):
    """There are more orders than can be tried, and none of those tried explains the history."""


STATES_AT_MOST = 50_000
"""How many states are looked at before the search for an order is given up."""

STATES_FOR_ANSWERS = 1_000
"""How many states are looked at to find the answers that an operation may have."""

ANSWERS_AT_MOST = 10
"""How many of them are found."""


@dataclass(frozen=True)
class Contradiction:
    """Why no order explains a history.

    Args:
        event: the first event, by its end, that none of the orders explains.
        expected: the answers that it may have, as far as they are few; empty if it is not its own
            answer that is wrong.
    """

    event: Event
    expected: tuple[Outcome, ...]


def contradiction(
    events: Sequence[Event], model: ForkableModel, pruning: MakePruning, *, in_order: bool
) -> Contradiction | None:
    """Return why no order explains the events of one space; None if there is one.

    Args:
        events: what was done.
        model: the model of the space as it was before, with `fork` and `fingerprint`.
        pruning: cuts the search short.
        in_order: whether operations of one client take effect in the order of their starts, even
            if they overlap.

    Raises:
        TooManyOrders: it is not known.
    """
    if _Search(events, pruning, in_order=in_order).explains(model):
        return None
    by_end = sorted(events, key=lambda event: event.ended)

    def fails(count: int) -> bool:
        search = _Search(_until(by_end, count), pruning, in_order=in_order)
        try:
            return not search.explains(model)
        except TooManyOrders:
            # The whole of it fails, that much is known; a later event shows it as well.
            return False

    # What nothing explains is explained by nothing that comes later.
    first = bisect_left(range(1, len(by_end)), True, key=fails) + 1
    seen = _until(by_end, first)
    wanted = replace(seen[-1], compared=False)
    search = _Search([*seen[:-1], wanted], pruning, in_order=in_order)
    return Contradiction(seen[-1], search.answers(model))


def _until(by_end: Sequence[Event], count: int) -> list[Event]:
    """Return the events as they were known when so many had ended; the last one comes last."""
    now = by_end[count - 1].ended
    open_ones = [
        replace(event, certainty=Certainty.OPEN)
        for event in by_end[count:]
        if event.started < now and not event.look
    ]
    return [*open_ones, *by_end[:count]]


class _Search:
    """A depth-first search for an order; what was seen not to lead anywhere is not tried again."""

    def __init__(self, events: Sequence[Event], pruning: MakePruning, *, in_order: bool) -> None:
        self.events = events
        self._make_pruning = pruning
        self.before = _before(events, in_order=in_order)
        self.required = sum(
            1 << number
            for number, event in enumerate(events)
            if event.certainty is not Certainty.OPEN
        )
        # An order like that of the ends explains most histories: it is tried first.
        self.turns = sorted(range(len(events)), key=lambda number: events[number].ended)
        self._prunings: dict[int, Pruning] = {}

    def explains(self, model: Any) -> bool:
        """Tell whether some order explains the events."""
        seen: set[tuple[int, object]] = set()
        stack = [(0, model)]
        while stack:
            done, state = stack.pop()
            ahead = self._next(done)
            while len(ahead) == 1 and self.events[ahead[0]].certainty is Certainty.DONE:
                # There is nothing to choose, and nothing to cut short.
                after = self._after(state, done, ahead[0])
                if not after:
                    break
                ((done, state, _),) = after
                ahead = self._next(done)
            if self.required & ~done == 0:
                return True
            pruning = self._pruning_of(done)
            if pruning.is_dead_end(state):
                continue
            key = (done, pruning.key(state))
            if key in seen:
                continue
            seen.add(key)
            if len(seen) > STATES_AT_MOST:
                raise TooManyOrders
            following = [each for number in ahead for each in self._after(state, done, number)]
            stack += [(done, after) for done, after, _ in reversed(following)]
        return False

    def answers(self, model: Any) -> tuple[Outcome, ...]:
        """Return the answers that the last event has in the orders that explain all others.

        None are returned if there are too many orders.
        """
        last = len(self.events) - 1
        found: dict[str, Outcome] = {}
        seen: set[tuple[int, object, str]] = set()
        stack: list[tuple[int, Any, Outcome | None]] = [(0, model, None)]
        while stack and len(found) < ANSWERS_AT_MOST:
            done, state, answer = stack.pop()
            if self.required & ~done == 0:
                if answer is not None:
                    found.setdefault(str(answer), answer)
                continue
            # The answer that is asked for may show what no other answer does.
            key = (done, state.fingerprint(), str(answer))
            if key in seen or str(answer) in found or self._pruning_of(done).is_dead_end(state):
                continue
            seen.add(key)
            if len(seen) > STATES_FOR_ANSWERS:
                return ()
            following = [
                (after_done, after, given if number == last else answer)
                for number in self._next(done)
                for after_done, after, given in self._after(state, done, number)
            ]
            stack += reversed(following)
        return tuple(found.values())

    def _next(self, done: int) -> list[int]:
        return [
            number
            for number in self.turns
            if not done >> number & 1 and not self.before[number] & ~done
        ]

    def _after(self, state: Any, done: int, number: int) -> list[tuple[int, Any, Outcome]]:
        event = self.events[number]
        done |= 1 << number
        after = state.fork()
        answer = answer_of(after, event.operation)
        if event.certainty is Certainty.DONE:
            if event.compared and not same_outcome(answer, event.outcome):
                return []
            return [(done, after, answer)]
        if after.fingerprint() == state.fingerprint():
            # Whether it took effect makes no difference, now.
            return [(done, state, answer)] if event.certainty is Certainty.SETTLED else []
        if event.certainty is Certainty.SETTLED:
            return [(done, after, answer), (done, state, answer)]
        return [(done, after, answer)]

    def _pruning_of(self, done: int) -> Pruning:
        if done not in self._prunings:
            left = [number for number in self.turns if not done >> number & 1]
            self._prunings[done] = self._make_pruning(
                [
                    Ahead(
                        self.events[number].operation,
                        self.events[number].answer,
                        partial(self._left_before, number, left),
                    )
                    for number in left
                ]
            )
        return self._prunings[done]

    def _left_before(
        self, number: int, left: Sequence[int]
    ) -> tuple[list[Operation], list[Operation]]:
        maybe, surely = [], []
        for other in left:
            if other != number and not self.before[other] >> number & 1:
                event = self.events[other]
                maybe.append(event.operation)
                if self.before[number] >> other & 1 and event.certainty is Certainty.DONE:
                    surely.append(event.operation)
        return maybe, surely


def _before(events: Sequence[Event], *, in_order: bool) -> list[int]:
    """Return for each event those that take effect before it, if they do, as bits."""
    found = [0] * len(events)
    # What comes before comes earlier in the order of starts: that is done when it is asked for.
    for number in sorted(range(len(events)), key=lambda number: events[number].started):
        event = events[number]
        for earlier, other in enumerate(events):
            if other is event or other.certainty is Certainty.OPEN:
                continue
            same_memory = other.client == event.client and other.started < event.started
            if other.ended < event.started or (in_order and same_memory):
                found[number] |= 1 << earlier | found[earlier]
    return found


def answer_of(model: Any, operation: Operation) -> Outcome:
    """Ask a model for an operation, which it does at once.

    Args:
        model: the model; it is changed.
        operation: what to do.
    """
    coroutine = operation.run_on_model(model, {})
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return Outcome(stop.value)
    except Exception as error:
        return Outcome(error=error)
    raise AssertionError(f"the model waits for something in {operation.kind}")
