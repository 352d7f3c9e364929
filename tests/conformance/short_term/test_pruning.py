"""What is foreseen of operations: never wrong, and enough to make a search short."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from memcert.engine.judging.linearization import answer_of
from memcert.engine.judging.pruning import Ahead
from memcert.engine.programs.operation import Operation
from memcert.engine.programs.outcome import Outcome, same_outcome
from memcert.short_term.capabilities import ShortTermCapabilities
from memcert.short_term.fault_strategies import changes, looks
from memcert.short_term.messages import IdRange, Message, MessageRange
from memcert.short_term.misuse import AddLarge
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
from memcert.short_term.pruning import KNOWN, ShortTermPruning
from memcert.short_term.sharing_operations import AddThenSpoil
from memcert.short_term.state_operations import Close, Import, LoadState

SETTINGS = settings(max_examples=100, database=None, derandomize=True, deadline=None)


def state_after(*operations: Operation) -> Model:
    model = Model(ShortTermCapabilities())
    for operation in operations:
        answer_of(model, operation)
    return model


def ahead(
    operation: Operation,
    outcome: Outcome | None = None,
    *,
    maybe: Sequence[Operation] = (),
    surely: Sequence[Operation] = (),
) -> Ahead:
    return Ahead(operation, outcome, lambda: ([*maybe, *surely], [*surely]))


def operations() -> st.SearchStrategy[list[Operation]]:
    return st.lists(st.one_of(changes(), changes(), looks()), max_size=6)


@st.composite
def futures(draw: st.DrawFn) -> tuple[list[Operation], list[Operation], list[bool], list[bool]]:
    """Return what was done, what will be, which of it will not after all, and what is certain."""
    left = [*draw(operations()), Read()]
    skipped = [draw(st.integers(0, 3)) == 0 for _ in left[:-1]]
    certain = [not skip and draw(st.booleans()) for skip in skipped]
    return draw(operations()), left, [*skipped, False], [*certain, True]


@SETTINGS
@given(futures(), st.randoms(use_true_random=False))
def test_what_comes_about_is_not_hopeless(
    drawn: tuple[list[Operation], list[Operation], list[bool], list[bool]], random: object
) -> None:
    before, left, skipped, certain = drawn
    # Each answer is what it will be in this very order.
    model, states = state_after(*before), []
    answers: list[Outcome | None] = []
    for operation, skip, sure in zip(left, skipped, certain, strict=True):
        states.append(model.fork())
        answer = None if skip else answer_of(model, operation)
        answers.append(answer if sure else None)
    # The searcher knows less: what may come before a read may also come after it.
    for now, state in enumerate(states):
        foreseen = []
        for number in range(now, len(left)):
            others = [each for each in range(now, len(left)) if each != number]
            maybe = [left[each] for each in others]
            surely = [left[each] for each in others if each < number and certain[each]]
            known = ahead(left[number], answers[number], maybe=maybe, surely=surely)
            foreseen.append(known)
        assert not ShortTermPruning(foreseen).is_dead_end(state)


@SETTINGS
@given(
    st.permutations([Add((Message("m0"),)), Add((Message("m1"),), ("a",)), Add((Message("m2"),))]),
    operations(),
    operations(),
)
def test_states_of_one_key_lead_to_the_same_answers(
    adds: list[Operation], others: list[Operation], left: list[Operation]
) -> None:
    one = state_after(Add((Message("m0"),)), Add((Message("m1"),), ("a",)), Add((Message("m2"),)))
    other = state_after(*adds)
    for operation in others:
        answer_of(one, operation)
        answer_of(other, operation)
    end = one.fork()
    answers = [answer_of(end, operation) for operation in left]
    prospects = ShortTermPruning(
        [ahead(each, answer, maybe=left) for each, answer in zip(left, answers, strict=True)]
    )
    assume(prospects.key(one) == prospects.key(other))
    for order in permutations(range(len(left))) if len(left) < 4 else [range(len(left))]:
        first, second = one.fork(), other.fork()
        for number in order:
            same = [
                same_outcome(answer_of(each, left[number]), answers[number])
                for each in (first, second)
            ]
            assert same[0] is same[1]
            if not same[0]:
                break


def seen(*ids: str, summary: bool = False) -> tuple[Read, Outcome]:
    return Read(summary=summary, ids_only=True), Outcome(list(ids))


def add(*ids: str) -> Add:
    return Add(tuple(map(Message, ids)))


def is_dead_end(
    there: Sequence[Operation],
    look: tuple[Read, Outcome],
    *,
    maybe: Sequence[Operation] = (),
    surely: Sequence[Operation] = (),
) -> bool:
    known = [ahead(*look, maybe=maybe, surely=surely)]
    known += [ahead(each) for each in (*maybe, *surely)]
    return ShortTermPruning(known).is_dead_end(state_after(*there))


def test_a_message_that_nothing_deletes_is_seen_in_its_place() -> None:
    there = [add("m0", "m1")]
    assert not is_dead_end(there, seen("m0", "m1"))
    assert is_dead_end(there, seen("m1", "m0"))
    assert is_dead_end(there, seen("m0"))
    assert not is_dead_end(there, seen("m0"), maybe=[Delete(("m1",))])
    assert not is_dead_end(there, seen("m0"), maybe=[DeleteByMark(("a",))])
    assert is_dead_end(there, seen("m0"), maybe=[Delete(("m0",))])
    # One that goes comes back only if it is added again.
    assert is_dead_end(there, seen("m1", "m0"), maybe=[Clear()])
    assert not is_dead_end(there, seen("m1", "m0"), maybe=[Delete(("m0",)), add("m0")])
    assert is_dead_end(there, seen("m1", "m0"), maybe=[add("m0")])


def test_what_surely_goes_is_not_seen_unless_it_comes_back() -> None:
    there = [add("m0")]
    for gone in (Clear(), Delete(("m0",))):
        assert is_dead_end(there, seen("m0"), surely=[gone])
        assert not is_dead_end(there, seen("m0"), maybe=[gone])
        assert not is_dead_end(there, seen("m0"), surely=[gone], maybe=[add("m0")])
        assert not is_dead_end(there, seen(), surely=[gone])


def test_what_is_not_there_yet_has_to_come_after_what_stays() -> None:
    there = [add("m0")]
    assert is_dead_end(there, seen("m0", "m1"))
    assert not is_dead_end(there, seen("m0", "m1"), maybe=[add("m1")])
    assert is_dead_end(there, seen("m1", "m0"), maybe=[add("m1")])
    assert not is_dead_end(there, seen("r0", "r1"), maybe=[Clear(), Add(MessageRange(2))])
    assert not is_dead_end([Add(MessageRange(2))], seen(), maybe=[Delete(IdRange(2))])


def test_a_read_of_some_messages_says_nothing_of_those_it_does_not_show() -> None:
    there = [add("m0", "m1")]
    for read in (Read(mark="a", ids_only=True), Read(exclude="a", ids_only=True)):
        assert not is_dead_end(there, (read, Outcome(["m0"])))
        assert is_dead_end(there, (read, Outcome(["m1", "m0"])))
        assert is_dead_end(there, (read, Outcome(["m2"])))


def test_the_id_of_a_summary_says_nothing() -> None:
    for there, maybe in (([Summarise("s")], []), ([], [Summarise("s")])):
        state = [*there, add("m0")]
        assert not is_dead_end(state, seen("what", "m0", summary=True), maybe=maybe)
        # Not even if a message has it.
        assert not is_dead_end(state, seen("m0", "m0", summary=True), maybe=maybe)
    assert is_dead_end([add("m0")], seen("what", "m0", summary=True))
    assert is_dead_end([add("m0"), Summarise("s")], seen("what", "m0", summary=False))


def test_a_read_of_all_never_fails() -> None:
    gone = Outcome(error=OSError("gone"))
    assert is_dead_end([], (Read(), gone))
    assert is_dead_end([], (Read(), Outcome("text")))
    # A filter that is malformed is refused.
    assert not is_dead_end([], (Read(mark=""), gone))


@pytest.mark.parametrize(
    "unknown",
    [
        AddThenSpoil(Message("m1")),
        AddLarge("m1", 1),
        LoadState({"_compressed_summary": "", "content": []}),
        Import({}),
        Close(),
    ],
    ids=lambda operation: operation.kind,
)
def test_with_an_operation_that_is_not_known_nothing_is_foreseen(unknown: Operation) -> None:
    assert type(unknown) not in KNOWN
    assert not is_dead_end([add("m0")], seen("m1"), maybe=[unknown])
    prospects = ShortTermPruning([ahead(*seen()), ahead(unknown)])
    one, other = state_after(add("m0", "m1")), state_after(add("m1", "m0"))
    assert prospects.key(one) != prospects.key(other)


def test_what_nobody_asks_for_any_more_is_no_part_of_a_key() -> None:
    def same(one: Model, other: Model, *left: Ahead) -> bool:
        prospects = ShortTermPruning(left)
        assert one.fingerprint() != other.fingerprint()
        return prospects.key(one) == prospects.key(other)

    order = state_after(add("m0", "m1")), state_after(add("m1", "m0"))
    assert same(*order, ahead(Size(), Outcome(2)), ahead(Clear()))
    assert same(*order, ahead(Read()), ahead(*seen("m0", "m2")))
    assert not same(*order, ahead(*seen("m0", "m1", "m2")))

    marks = state_after(add("m0"), UpdateMarks("a")), state_after(add("m0"), UpdateMarks("b"))
    assert same(*marks, ahead(*seen("m0")), ahead(UpdateMarks("c")), ahead(DeleteByMark(("d",))))
    for named in (UpdateMarks("a"), UpdateMarks("c", "b"), DeleteByMark(("a",)), Read(mark="b")):
        assert not same(*marks, ahead(named))
    assert not same(*marks, ahead(Read(exclude="a")))

    texts = state_after(Summarise("s")), state_after(Summarise("t"))
    assert same(*texts, ahead(*seen()))
    assert not same(*texts, ahead(*seen("x", summary=True)))

    contents = state_after(add("m0")), state_after(Add((Message("m0", "other"),)))
    assert same(*contents, ahead(*seen("m0")))
    assert not same(*contents, ahead(Read(), Outcome([{"id": "m0"}])))
