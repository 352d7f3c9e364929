"""The values of a program that fails become plain, as far as it goes on to fail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from memcert.engine.causes.plainness import with_plain_values
from memcert.engine.programs.fault import Cancel
from memcert.engine.programs.operation import Operation
from memcert.engine.programs.program import Client, Program, SpaceName, Step
from memcert.short_term import CONTRACT
from memcert.short_term.kept_operations import AddWhatIsRead, KeepAdded, KeepRead
from memcert.short_term.messages import IdRange, Message, MessageRange
from memcert.short_term.operations import Add, Clear, Delete, Read, Summarise, UpdateMarks
from memcert.short_term.state_operations import Export, LoadSaved, LoadState, LoadStateThenSpoil

Breaks = Callable[[Program], bool]


def program(*operations: Operation) -> Program:
    return Program(tuple(map(Step, operations)))


def plain(program: Program, breaks: Breaks) -> Program:
    tried: list[Program] = []

    def tries(candidate: Program) -> bool:
        tried.append(candidate)
        return breaks(candidate)

    found = with_plain_values(program, tries, CONTRACT.operations, CONTRACT.grammar)
    # What comes out was run, and failed.
    assert found == program or (found in tried and breaks(found))
    assert len(tried) < 60
    return found


def always(_: Program) -> bool:
    return True


def never(_: Program) -> bool:
    return False


FULL = Message(
    "an id", [{"type": "text", "text": "a text"}], "a name", "user", {"a key": [1]}, "a time", "i"
)


def test_what_does_not_matter_goes() -> None:
    assert plain(program(Add((FULL,), ("a mark",))), always) == program(Add((Message("m0"),)))
    assert plain(program(Read("a", "b", summary=False)), always) == program(Read())


def test_nothing_changes_where_nothing_else_fails() -> None:
    given = program(Add((FULL,), ("a mark",)), KeepRead(), Delete(IdRange(100)))
    assert plain(given, never) == given


def test_a_program_is_left_as_it_is_where_it_is_plain() -> None:
    given = program(Add((Message("m0"), Message("m1"))), Delete(("m0",)), Clear())
    assert plain(given, always) == given


def test_an_identifier_becomes_the_same_one_wherever_it_stands() -> None:
    given = program(
        Add((Message("\u00e9"), Message("M")), ("a mark",)),
        UpdateMarks("a mark", None, ("M",)),
        Delete(("\u00e9", "other")),
    )

    def is_the_same(candidate: Program) -> bool:
        added, marked, deleted = candidate.to_json()["steps"]
        ids = [each["id"] for each in added["messages"]]
        there = (marked.get("ids"), deleted["ids"][:1], added.get("marks"))
        return there == (ids[1:], ids[:1], [marked.get("new")])

    found = plain(given, is_the_same)
    assert found == program(
        Add((Message("m0"), Message("m1")), ("x0",)),
        UpdateMarks("x0", None, ("m1",)),
        Delete(("m0", "m2")),
    )


def test_names_that_matter_stay_and_the_others_become_plain() -> None:
    given = program(Add((Message("\u00e9"), Message("M"))), Delete(("\u00e9", "e\u0301")))

    def normalises(candidate: Program) -> bool:
        return "\u00e9" in candidate.to_text() and "e\u0301" in candidate.to_text()

    found = plain(given, normalises)
    assert found == program(Add((Message("\u00e9"), Message("m1"))), Delete(("\u00e9", "e\u0301")))


def test_names_of_spaces_become_plain_unless_they_matter() -> None:
    special = (SpaceName("a-b", "c"), SpaceName("a", "b-c", shared_session=True))
    given = Program((Step(Clear()), Step(Clear(), 1)), special, (Client(0), Client(1)))
    assert plain(given, always).spaces == (
        SpaceName("s0", "c"),
        SpaceName("a", "s1", shared_session=True),
    )
    assert plain(given, never) == given

    def matters(each: Program) -> bool:
        return each.spaces[1].session == "b-c"

    assert plain(given, matters).spaces == (SpaceName("s0", "c"), special[1])


@pytest.mark.parametrize(
    ("matters", "left"),
    [
        ("a text", Message("m0", [{"type": "text", "text": "a text"}])),
        ("a name", Message("m0", name="a name")),
        ("a key", Message("m0", metadata={"a key": "y"})),
        ("a time", Message("m0", timestamp="a time")),
    ],
)
def test_the_one_text_that_matters_stays(matters: str, left: Message) -> None:
    found = plain(program(Add((FULL,))), lambda each: matters in each.to_text())
    assert found.to_json()["steps"][0]["messages"][0].keys() == left.to_json().keys()
    assert matters in found.to_text()
    others = {"a text", "a name", "a key", "a time", "an id"} - {matters}
    assert not any(each in found.to_text() for each in others)


def test_a_special_way_becomes_the_plain_one() -> None:
    given = program(KeepAdded((Message("m0"),), ("a",)), KeepRead(2))
    assert plain(given, always) == program(Add((Message("m0"),)), Read())
    assert plain(program(LoadStateThenSpoil({})), always) == program(LoadState({}))
    # Unless that is what it is about.
    assert plain(given, lambda each: "keep_read" in each.to_text()) == program(
        Add((Message("m0"),)), KeepRead()
    )


def test_what_has_no_plain_way_stays_as_it_is() -> None:
    """What is read, or was saved, may be anything, which no plain operation says."""
    given = program(Export(), LoadSaved(), AddWhatIsRead(), KeepAdded(()))
    assert plain(given, always) == given


def test_a_step_keeps_its_client_and_its_fault() -> None:
    given = Program((Step(KeepRead(2), 0, Cancel(3)), Step(Clear())))
    found = plain(given, lambda each: each.steps[0].fault is not None)
    assert found == Program((Step(Read(), 0, Cancel()), Step(Clear())))


def test_branches_become_plain_too() -> None:
    given = Program((), branches=((Step(Summarise("A text.")),), (Step(Delete(("M",))),)))
    assert plain(given, always) == Program(
        (), branches=((Step(Summarise("y")),), (Step(Delete(("m0",))),))
    )


@pytest.mark.parametrize("enough", [1, 2, 37, 100, 999])
def test_a_range_gets_as_small_as_it_can(enough: int) -> None:
    def is_enough(candidate: Program) -> bool:
        (step,) = candidate.steps
        operation: Any = step.operation
        return isinstance(operation.messages, MessageRange) and (operation.messages.count >= enough)

    assert plain(program(Add(MessageRange(1_000))), is_enough) == program(Add(MessageRange(enough)))


def test_a_state_is_one_whole() -> None:
    state = {"_compressed_summary": "A summary.", "content": [[{"id": "M"}, ["A mark."]]]}
    given = program(LoadState(state, strict=False))
    found = plain(given, lambda each: "state" in each.to_json()["steps"][0])
    # Without its parts it would be another one, which is refused.
    assert found == program(LoadState(state))
