"""Histories of many operations: an order is found, or ruled out, within seconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random
from time import process_time
from typing import Any

import pytest

from memcert.engine.judging import linearization
from memcert.engine.judging.history import Certainty, Event
from memcert.engine.judging.linearization import TooManyOrders, answer_of, contradiction
from memcert.engine.judging.pruning import Ahead
from memcert.engine.programs.operation import Operation
from memcert.engine.programs.outcome import Outcome
from memcert.short_term.messages import Message
from memcert.short_term.model import Model
from memcert.short_term.operations import (
    Add,
    Clear,
    Delete,
    DeleteByMark,
    Read,
    Size,
    Summarise,
    UpdateMarks,
)
from memcert.short_term.pruning import ShortTermPruning

from .histories import LOOKS, Blind, model

pytestmark = pytest.mark.thorough


def add(*ids: str) -> Add:
    return Add(tuple(map(Message, ids)))


def event(
    operation: Operation, started: int, ended: int, value: object = None, client: int = 0
) -> Event:
    return Event(0, operation, client, started, ended, Outcome(value))


READ = Read(summary=False, ids_only=True)


def made(random: Random, kind: str, number: int) -> Operation:
    name = f"x{number}"
    some = f"x{max(0, number - random.randrange(6))}"
    match kind:
        case "additions":
            return add(name)
        case "additions and clears":
            return add(name) if random.random() < 0.9 else Clear()
        case "additions and deletions":
            return random.choice([add(name), add(name), Delete((some,)), DeleteByMark(("a",))])
    names = random.sample(["m0", "m1", "m2", "m3"], 2)
    mark, other = random.choice([None, "a", "b"]), random.choice([None, "a", "b"])
    return random.choice(
        [
            Add((Message(names[0]), Message(names[1])), ("a",)),
            add(*names),
            Delete((names[0],)),
            DeleteByMark(("a",)),
            UpdateMarks(mark, other),
            UpdateMarks(mark, other, tuple(names)),
            Summarise(random.choice("st")),
            Clear(),
            Read(),
            Read(mark="a"),
            Size(),
        ]
    )


def long_history(random: Random, kind: str, branches: int, certain: float) -> list[Event]:
    """Return what branches of six operations may have done, every one at the same time."""
    turns = [client for client in range(branches) for _ in range(6)]
    random.shuffle(turns)
    ends = random.sample(range(100, 200), len(turns))
    state, events = model(), list[Event]()
    for clock, client in enumerate(turns):
        operation = made(random, kind, clock)
        done = random.random() < certain
        outcome = answer_of(state, operation) if done or random.random() < 0.5 else Outcome()
        certainty = Certainty.DONE if done else random.choice([*Certainty][1:])
        events.append(Event(clock, operation, client, clock, ends[clock], outcome, certainty))
    for clock, look in enumerate(LOOKS):
        outcome = answer_of(state, look)
        events.append(Event(99, look, 0, 300 + 2 * clock, 301 + 2 * clock, outcome, look=True))
    return events


def spoiled(random: Random, events: list[Event]) -> list[Event]:
    """Return a history with one answer changed, or with its end turned round."""
    counts = [
        number
        for number, each in enumerate(events)
        if each.answer is not None and each.outcome.value is not None
    ]
    number = random.choice([*counts, *[len(events) - len(LOOKS)] * len(counts)])
    value: Any = events[number].outcome.value
    if isinstance(value, list):
        value = value[1:] if random.random() < 0.5 else value[::-1]
    else:
        value += 1
    return [
        replace(each, outcome=Outcome(value)) if place == number else each
        for place, each in enumerate(events)
    ]


@pytest.mark.parametrize("certain", [1.0, 0.7])
@pytest.mark.parametrize("branches", [2, 3])
@pytest.mark.parametrize(
    "kind", ["additions", "additions and clears", "additions and deletions", "all"]
)
def test_branches_of_six_operations_are_decided_soon(
    kind: str, branches: int, certain: float
) -> None:
    slowest = 0.0
    for seed in range(4):
        random = Random(f"{kind}{branches}{certain}{seed}")
        events = long_history(random, kind, branches, certain)
        for each in (events, spoiled(random, events)):
            began = process_time()
            found = contradiction(each, model(), ShortTermPruning, in_order=True)
            slowest = max(slowest, process_time() - began)
            assert each is not events or found is None
    assert slowest < 5


def test_it_gives_up_when_there_are_too_many_orders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linearization, "STATES_AT_MOST", 10)
    events = [event(add(f"m{number}"), number, 50 + number, client=number) for number in range(6)]
    # The order of the ends explains it: it is found at once.
    end = event(READ, 100, 101, [f"m{number}" for number in range(6)])
    assert contradiction([*events, end], model(), Blind, in_order=False) is None
    end = replace(end, outcome=Outcome(["m1", "m2"]))
    with pytest.raises(TooManyOrders):
        contradiction([*events, end], model(), Blind, in_order=False)
    assert contradiction([*events, end], model(), ShortTermPruning, in_order=False) is not None


def test_what_is_known_to_be_wrong_is_said_even_if_its_beginning_is_too_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(linearization, "STATES_AT_MOST", 1000)

    class Knowing(Blind):
        """Knows that nothing leads to the end, and nothing else."""

        def __init__(self, ahead: Sequence[Ahead]) -> None:
            self._hopeless = any(each.operation is end.operation for each in ahead)

        def is_dead_end(self, model: Model) -> bool:
            return self._hopeless

    end = event(Read(ids_only=True), 100, 101, ["m1"])
    events = [event(add(f"m{number}"), number, 50 + number, client=number) for number in range(12)]
    middle = event(Size(), 49, 90, 13, client=20)
    found = contradiction([*events, middle, end], model(), Knowing, in_order=False)
    assert found is not None
    assert found.event is end
