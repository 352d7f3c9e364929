"""Whether some order explains a history: exactly, as trying every order says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memcert.engine.judging import linearization
from memcert.engine.judging.history import Certainty, Event
from memcert.engine.judging.linearization import answer_of, contradiction
from memcert.engine.programs.operation import Operation
from memcert.engine.programs.outcome import Outcome, same_outcome
from memcert.short_term.fault_strategies import changes, looks
from memcert.short_term.messages import Message
from memcert.short_term.operations import (
    Add,
    Read,
    Size,
)
from memcert.short_term.pruning import ShortTermPruning

from .histories import LOOKS, Blind, model


def comes_before(one: Event, other: Event, *, in_order: bool) -> bool:
    if one.certainty is Certainty.OPEN:
        return False
    started_earlier = one.client == other.client and one.started < other.started
    return one.ended < other.started or (in_order and started_earlier)


def every_order(
    events: Sequence[Event], state: Any, answer: Outcome | None, *, in_order: bool
) -> list[Outcome | None]:
    """Return the answers of the event that is not compared, in all orders that explain the rest."""
    found: list[Outcome | None] = []
    if all(event.certainty is Certainty.OPEN for event in events):
        found.append(answer)
    for event in events:
        left = [each for each in events if each is not event]
        if any(comes_before(other, event, in_order=in_order) for other in left):
            continue
        after = state.fork()
        given = answer_of(after, event.operation)
        if event.certainty is not Certainty.DONE:
            found += every_order(left, after, answer, in_order=in_order)
            if event.certainty is Certainty.SETTLED:
                found += every_order(left, state, answer, in_order=in_order)
        elif not event.compared:
            found += every_order(left, after, given, in_order=in_order)
        elif same_outcome(given, event.outcome):
            found += every_order(left, after, answer, in_order=in_order)
    return found


def until(events: Sequence[Event], now: int) -> list[Event]:
    """Return what was known at a moment."""
    return [
        event if event.ended <= now else replace(event, certainty=Certainty.OPEN)
        for event in events
        if event.ended <= now or (event.started < now and not event.look)
    ]


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Event], bool]:
    """Return what a few clients may have done, some of it wrong."""
    in_order = draw(st.booleans())
    clients = draw(st.sampled_from((1, 2, 2, 3)))
    ops = draw(st.lists(st.one_of(changes(), changes(), looks()), min_size=1, max_size=5))
    state, clock, events = model(), 0, list[Event]()
    pending: list[Event] = []
    while ops or pending:
        clock += 1
        if ops and (not pending or draw(st.booleans())):
            client = draw(st.integers(0, clients - 1))
            if in_order or all(each.client != client for each in pending):
                pending.append(Event(len(ops), ops.pop(), client, clock, 0, Outcome()))
                continue
        # They take effect when they end, or in the order of their starts.
        event = pending.pop(0 if in_order else draw(st.integers(0, len(pending) - 1)))
        certainty = draw(st.sampled_from((Certainty.DONE, Certainty.DONE, *Certainty)))
        outcome = Outcome()
        if certainty is Certainty.DONE or draw(st.booleans()):
            outcome = answer_of(state, event.operation)
        events.append(
            replace(
                event, ended=clock, outcome=outcome, certainty=certainty, step_number=len(events)
            )
        )
    for look in LOOKS:
        clock += 2
        outcome = answer_of(state, look)
        events.append(Event(99, look, 0, clock, clock + 1, outcome, look=True))
    if draw(st.booleans()):
        number = draw(st.integers(0, len(events) - 1))
        events[number] = replace(events[number], outcome=draw(wrong(events[number].outcome)))
    if draw(st.booleans()):
        # A late effect: one that was open came about between two looks.
        for each in (Size(), Read()):
            clock += 2
            answer_of(state, draw(st.one_of(changes(), looks())))
            outcome = answer_of(state, each)
            events.append(Event(99, each, 0, clock, clock + 1, outcome, look=True))
    return events, in_order


def wrong(outcome: Outcome) -> st.SearchStrategy[Outcome]:
    value = outcome.value
    if isinstance(value, int):
        return st.sampled_from((Outcome(value + 1), Outcome(max(value - 1, 0))))
    if isinstance(value, list) and value:
        return st.sampled_from((Outcome(value[1:]), Outcome(value[::-1]), Outcome([])))
    return st.just(Outcome(error=OSError("gone")))


@settings(max_examples=150, database=None, derandomize=True, deadline=None)
@given(histories())
def test_it_says_what_trying_every_order_says(drawn: tuple[list[Event], bool]) -> None:
    events, in_order = drawn
    explained = bool(every_order(events, model(), None, in_order=in_order))
    for pruning in (ShortTermPruning, Blind):
        found = contradiction(events, model(), pruning, in_order=in_order)
        assert (found is None) == explained
        if found is None:
            continue
        first = next(
            event
            for event in sorted(events, key=lambda each: each.ended)
            if not every_order(until(events, event.ended), model(), None, in_order=in_order)
        )
        assert found.event is first
        asked = [
            replace(each, compared=False) if each is first else each
            for each in until(events, first.ended)
        ]
        # A reading of the answers as they are shown.
        possible = {str(each) for each in every_order(asked, model(), None, in_order=in_order)}
        if len(possible) < linearization.ANSWERS_AT_MOST:
            assert {str(each) for each in found.expected} == possible
        else:
            assert {str(each) for each in found.expected} < possible


def event(
    operation: Operation,
    started: int,
    ended: int,
    value: object = None,
    client: int = 0,
    certainty: Certainty = Certainty.DONE,
    **rest: Any,
) -> Event:
    return Event(0, operation, client, started, ended, Outcome(value), certainty, **rest)


def add(*ids: str) -> Add:
    return Add(tuple(map(Message, ids)))


def explained(*events: Event, in_order: bool = False) -> bool:
    found = [
        contradiction(events, model(), pruning, in_order=in_order) is None
        for pruning in (ShortTermPruning, Blind)
    ]
    assert found[0] is found[1]
    return found[0]


READ = Read(summary=False, ids_only=True)


def test_operations_that_overlap_take_effect_in_any_order() -> None:
    for seen in (["m0", "m1"], ["m1", "m0"]):
        assert explained(
            event(add("m0"), 1, 4, client=0),
            event(add("m1"), 2, 3, client=1),
            event(READ, 5, 6, seen, look=True),
        )


def test_one_that_ended_before_another_began_comes_first() -> None:
    for client in (0, 1):
        for seen, good in ((["m0", "m1"], True), (["m1", "m0"], False)):
            done = event(add("m0"), 1, 2), event(add("m1"), 3, 4, client=client)
            assert explained(*done, event(READ, 5, 6, seen, look=True)) is good


def test_only_in_order_do_overlapping_operations_of_one_memory_keep_theirs() -> None:
    events = (
        event(add("m0"), 1, 4),
        event(add("m1"), 2, 3),
        event(READ, 5, 6, ["m1", "m0"], look=True),
    )
    assert explained(*events)
    assert not explained(*events, in_order=True)
    # Other memories have no part in that.
    assert explained(events[0], replace(events[1], client=1), events[2], in_order=True)


def test_one_that_is_settled_did_so_before_what_came_after_it() -> None:
    settled = event(add("m0"), 1, 2, certainty=Certainty.SETTLED)
    for first, second, good in (
        ([], [], True),
        (["m0"], ["m0"], True),
        ([], ["m0"], False),
        (["m0"], [], False),
    ):
        events = event(READ, 3, 4, first), event(READ, 5, 6, second, look=True)
        assert explained(settled, *events) is good


def test_one_that_is_open_may_take_effect_late() -> None:
    late = event(add("m0"), 1, 2, certainty=Certainty.OPEN)
    for seen, good in (
        ([[], [], []], True),
        ([["m0"], ["m0"], ["m0"]], True),
        ([[], ["m0"], ["m0"]], True),
        # Between two looks, too.
        ([[], [], ["m0"]], True),
        ([["m0"], [], []], False),
        ([[], ["m0"], []], False),
    ):
        events = [
            event(READ, 3 + 2 * number, 4 + 2 * number, each, look=number > 0)
            for number, each in enumerate(seen)
        ]
        assert explained(late, *events) is good


def test_one_that_is_open_did_not_take_effect_before_it_began() -> None:
    late = event(add("m0"), 3, 4, certainty=Certainty.OPEN)
    assert not explained(event(READ, 1, 2, ["m0"]), late)


def test_an_answer_that_does_not_count_is_not_compared() -> None:
    wrong = event(Size(), 1, 2, 7)
    assert not explained(wrong)
    assert explained(replace(wrong, compared=False))
    # What it does counts all the same.
    added = replace(event(add("m0"), 1, 2, 7), compared=False)
    assert not explained(added, event(READ, 3, 4, []))


def test_the_first_event_by_its_end_is_named_with_the_answers_that_it_may_have() -> None:
    events = [
        event(Size(), 1, 9, 2, client=2),
        event(add("m0"), 2, 5, client=0),
        event(READ, 3, 8, ["m1"], client=1),
        event(Size(), 10, 11, 5),
    ]
    found = contradiction(events, model(), ShortTermPruning, in_order=False)
    assert found is not None
    assert found.event is events[2]
    assert [each.value for each in found.expected] in ([["m0"], []], [[], ["m0"]])


def test_an_answer_counts_only_if_the_others_can_be_explained_with_it() -> None:
    # The size was one after the addition, which the read that ended earlier does not know.
    events = [
        event(add("m0"), 1, 6, client=0),
        event(Size(), 2, 3, 1, client=1),
        event(READ, 4, 5, [], client=1),
    ]
    found = contradiction(events, model(), ShortTermPruning, in_order=False)
    assert found is not None
    assert found.event is events[2]
    assert [each.value for each in found.expected] == [["m0"]]


def test_what_the_model_refuses_must_be_refused() -> None:
    refused = replace(event(Read(mark=""), 1, 2), outcome=Outcome(error=ValueError("empty")))
    assert explained(refused)
    assert explained(refused, event(READ, 3, 4, [], look=True))
    assert not explained(replace(refused, operation=Read()))
    assert not explained(event(Read(mark=""), 1, 2, []))


def test_a_history_of_nothing_is_explained() -> None:
    assert explained()
    assert explained(event(add("m0"), 1, 2, certainty=Certainty.OPEN))


@pytest.mark.parametrize("odd", [["x"], [{}], [None, 7], [["m0"]], ["m0", "m0"]], ids=str)
def test_whatever_a_read_gives_is_taken(odd: list[Any]) -> None:
    for read, value in (
        (READ, odd),
        (Read(ids_only=True), odd),
        (Read(), [{"id": each} for each in odd]),
    ):
        found = contradiction(
            [event(add("m0"), 1, 2), event(read, 3, 4, value, look=True)],
            model(),
            ShortTermPruning,
            in_order=False,
        )
        assert found is not None
        assert found.event.operation is read
