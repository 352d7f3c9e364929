"""Programs are made smaller by leaving out what does not matter."""

from __future__ import annotations

from typing import Any

from memcert.engine.programs.program import Client, Program, Reopen, SpaceName, Step
from memcert.engine.programs.store_operation import LookIntoStore
from memcert.engine.search.shrinking import without_needless_parts
from memcert.short_term.messages import Message
from memcert.short_term.operations import Add, Clear, Delete, Size
from memcert.short_term.state_operations import Close


def steps(*operations: object) -> tuple[Step, ...]:
    return tuple(Step(operation) for operation in operations)  # type: ignore[arg-type]


def kinds(program: Program) -> list[str]:
    return [step.operation.kind for step in program.steps]


def test_only_the_steps_that_matter_stay() -> None:
    program = Program(steps(*[Size()] * 9, Clear(), *[Size()] * 9, Delete(("m0",)), Size()))
    small = without_needless_parts(program, lambda each: {"clear", "delete"} <= set(kinds(each)))
    assert kinds(small) == ["clear", "delete"]


def test_equal_steps_that_matter_together_stay() -> None:
    program = Program(steps(*[Size()] * 7))
    small = without_needless_parts(program, lambda each: len(each) >= 2)
    assert len(small) == 2


def test_items_of_a_step_are_left_out_but_never_all() -> None:
    messages = tuple(Message(f"m{number}") for number in range(5))
    program = Program(steps(Add(messages, ("a", "b")), Delete(("m1", "m2"))))

    def breaks(each: Program) -> bool:
        first: Any = each.steps[0].operation
        return kinds(each) == ["add", "delete"] and Message("m3") in first.messages

    small = without_needless_parts(program, breaks)
    add, delete = (step.operation for step in small.steps)
    assert add == Add((Message("m3"),), ("a",))
    assert len(delete.ids) == 1  # type: ignore[attr-defined]


def test_what_looks_into_a_store_keeps_one_of_its_own() -> None:
    program = Program(steps(Size(), LookIntoStore("word")), fresh_store=True)

    def breaks(each: Program) -> bool:
        return "look_into_store" in kinds(each)

    assert without_needless_parts(program, breaks) == Program(program.steps[1:], fresh_store=True)
    assert not without_needless_parts(Program(steps(Size()), fresh_store=True), len).fresh_store


def test_an_empty_list_stays_what_it_is() -> None:
    program = Program(steps(Add((), ()), Delete(())))
    assert without_needless_parts(program, lambda each: len(each) == 2) == program


def test_a_closed_memory_is_opened_before_it_is_used() -> None:
    tried: list[list[str]] = []

    def breaks(each: Program) -> bool:
        tried.append(kinds(each))
        return "size" in kinds(each)

    without_needless_parts(Program(steps(Clear(), Close(), Reopen(), Size())), breaks)
    assert ["close", "size"] not in tried
    assert ["clear", "close", "size"] not in tried
    assert ["size"] in tried


def test_another_client_goes_on_while_one_is_closed() -> None:
    steps = Step(Clear()), Step(Close()), Step(Size(), 1), Step(Reopen())
    both = Program(steps, clients=(Client(), Client()))
    small = without_needless_parts(both, lambda each: {"close", "size"} <= set(kinds(each)))
    assert kinds(small) == ["close", "size", "reopen"]


def test_what_several_clients_look_at_in_the_end_is_open() -> None:
    steps = Step(Clear()), Step(Close(), 1), Step(Reopen(), 1)
    both = Program(steps, clients=(Client(), Client()))
    small = without_needless_parts(both, lambda each: "close" in kinds(each))
    # Alone, a client is not asked for anything once it is closed.
    assert kinds(small) == ["close", "reopen"]


def test_nothing_is_done_once_the_time_is_up() -> None:
    program = Program(steps(Size(), Clear()))
    assert without_needless_parts(program, lambda _: False) == program


def test_clients_that_do_not_matter_are_left_out_with_their_spaces() -> None:
    names = tuple(SpaceName("u", f"s{number}") for number in range(4))
    program = Program(
        (Step(Clear(), 1), Step(Size(), 2), Step(Clear(), 3)),
        names,
        tuple(Client(space) for space in range(4)),
    )
    small = without_needless_parts(program, lambda each: names[2] in each.spaces)
    assert small.spaces == (names[1], names[2])
    assert small.clients == (Client(0), Client(1))
    assert small.steps == (Step(Clear(), 0),)

    seen = without_needless_parts(
        program, lambda each: {names[0], names[3]} <= set(each.spaces) and "clear" in kinds(each)
    )
    assert seen.spaces == (names[0], names[1], names[3])
    assert seen.clients == (Client(0), Client(1), Client(2))
    assert [step.client for step in seen.steps] == [1]


def test_what_is_unusual_about_the_setting_goes_unless_it_matters() -> None:
    unusual = Program(
        steps(Size()),
        spaces=(SpaceName(shared_session=True),),
        clients=(Client(process=True, clock=3600.0, time_zone="UTC-13"),),
        fresh_store=True,
        pool=2,
        expiry=2,
    )
    assert unusual.setting == {
        "another clock",
        "a new store",
        "a pool",
        "a session of others",
        "a space that expires",
    }
    assert not without_needless_parts(unusual, lambda each: True).setting
    small = without_needless_parts(unusual, lambda each: each.pool > 0)
    assert small.setting == {"a pool"}
