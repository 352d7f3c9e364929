"""Two programs are of one form where the same is done, whatever it is called and however."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest

from memcert.engine.causes.form import Dissected, Form, form_of
from memcert.engine.programs.fault import Cancel
from memcert.engine.programs.operation import Operation
from memcert.engine.programs.program import Client, Looks, Program, SpaceName, Step
from memcert.short_term import CONTRACT
from memcert.short_term.kept_operations import AddWhatIsRead, KeepAdded, KeepRead
from memcert.short_term.messages import IdRange, Message, MessageRange
from memcert.short_term.misuse import ODD, AddAt, AddLarge, AddVeryLarge, AddWith, CallWith
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
from memcert.short_term.sharing_operations import AddThenSpoil, AddTogether
from memcert.short_term.state_operations import Export, Import, ImportSaved, LoadSaved, LoadState
from memcert.short_term.values.states import entry

GRAMMAR = CONTRACT.grammar


def program(*operations: Operation) -> Program:
    return Program(tuple(map(Step, operations)))


def add(*ids: str, content: object = "x") -> Add:
    return Add(tuple(Message(each, content) for each in ids))


def loads(*ids: str) -> LoadState:
    content = [[{"id": each}, []] for each in ids]
    return LoadState({"_compressed_summary": "", "content": content})


def form(program: Program) -> Form:
    return form_of(program, GRAMMAR)


def holds(program: Program, form: Form) -> bool:
    return form.find(Dissected(program, GRAMMAR, CONTRACT.observations)) is not None


TWICE = form(program(add("m0", "m0")))

STATE = {"_compressed_summary": "", "content": [[{"id": "m5"}, ["a"]], {"id": "m6"}]}


@pytest.mark.parametrize(
    "operations",
    [
        [add("m1", "m1")],
        [add("m7"), add("m7")],
        [add("m7"), Delete(("m7",)), Size(), add("m3", "m7")],
        [loads("m4"), add("m4")],
        [LoadState(STATE), add("m6")],
        [Import(STATE), add("m5")],
        [Export(), LoadSaved(), add("m4")],
        [Export(), ImportSaved(), add("m4")],
        [add("m2"), AddWhatIsRead()],
        [AddTogether((Message("m1"), Message("m1")))],
        [KeepAdded((Message("m1"), Message("m2"))), add("m2")],
        [AddThenSpoil(Message("m1")), AddThenSpoil(Message("m1"))],
        [AddLarge("m6", 10_000), add("m6")],
        [AddVeryLarge(10_000), AddVeryLarge(20_000)],
        [Add(MessageRange(100)), add("r3")],
        [CallWith("add", "marks", "an integer"), add("m9")],
        [AddWith("metadata", "NaN", first="m1"), add("m1")],
        [AddWith("metadata", "NaN"), add("m9")],
        [AddWith("id", "a string"), add("m0")],
        [AddAt("video, data", "bytes"), AddAt("video, data", "bytes")],
    ],
    ids=lambda operations: "+".join(each.kind for each in operations),
)
def test_two_additions_of_one_id_are_one_form_however_they_come(
    operations: list[Operation],
) -> None:
    assert holds(program(*operations), TWICE)


def test_what_is_the_same_has_the_same_key() -> None:
    forms = [
        form(program(add("m0", "m0"))),
        form(program(add("m3"), add("m3"))),
        form(program(add("n", "n"))),
        form(program(add("m0"), Add((Message("m0"),), alone=False))),
    ]
    assert {each.key for each in forms} == {TWICE.key}


KEY = """
from memcert.engine.causes.form import form_of
from memcert.engine.programs.program import Program, Step
from memcert.short_term import CONTRACT
from memcert.short_term.operations import Delete

print(form_of(Program((Step(Delete(("K", "\u00c9"))),)), CONTRACT.grammar).key)
"""


def test_processes_agree_on_a_key() -> None:
    keys = {
        subprocess.run(
            [sys.executable, "-c", KEY],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert keys == {form(program(Delete(("K", "\u00c9")))).key + "\n"}


@pytest.mark.parametrize(
    "operations",
    [
        [add("m0", "m1")],
        [add("m0"), add("m1")],
        [add("m0"), Delete(("m0",)), Read("m0")],
        [loads("m4"), add("m5")],
        [CallWith("add", "marks", "an integer"), add("m0")],
        [AddWith("metadata", "NaN", first="m1"), add("m2")],
        [AddAt("video, data", "bytes"), add("m2")],
        [AddLarge("m6", 10_000), add("m7")],
        [CallWith("delete", "msg_ids", "a string"), add("m0")],
        [UpdateMarks("a", None, ("m0",)), add("m0")],
    ],
    ids=lambda operations: "+".join(each.kind for each in operations),
)
def test_additions_of_others_are_not(operations: list[Operation]) -> None:
    assert not holds(program(*operations), TWICE)


def test_an_identifier_is_the_same_wherever_it_stands() -> None:
    removed = form(program(Add((Message("m0"),), ("a",)), DeleteByMark(("a",)), add("m0")))
    again = program(Add((Message("m3"),), ("b", "c")), DeleteByMark(("x", "c")), add("m3"))
    assert holds(again, removed)
    for other in (
        program(Add((Message("m3"),), ("b",)), DeleteByMark(("c",)), add("m3")),
        program(Add((Message("m3"),), ("b",)), DeleteByMark(("b",)), add("m4")),
        # Two of the form are two of the program.
        program(Add((Message("m3"),), ("m3",)), DeleteByMark(("m3",)), add("m3")),
    ):
        assert not holds(other, removed)


def test_the_order_matters_and_what_is_done_between_does_not() -> None:
    found = form(program(Summarise("s"), Clear()))
    assert holds(program(Size(), Summarise("t"), add("m0"), Clear()), found)
    assert not holds(program(Clear(), Summarise("t")), found)
    # What is done once is not done twice.
    assert not holds(program(Summarise("t")), form(program(Summarise("s"), Summarise("s"))))


def test_what_is_special_about_a_value_is_what_matters() -> None:
    capital = form(program(add("M")))
    # Whatever folds the case of one folds that of others.
    assert holds(program(add("\u00c9")), capital)
    assert holds(program(add("MARK", "m0")), capital)
    # Nor does it matter where it stands.
    assert holds(program(Add((Message("m0"),), ("MARK",))), capital)
    assert not holds(program(add("m0")), capital)
    assert not holds(program(add("m%")), capital)
    assert not holds(program(Delete(("M",))), capital)


@pytest.mark.parametrize(
    ("one", "alike", "unlike"),
    [
        ("m*", "[mn]", "m\u0301"),
        ("m\u0301", "\ufb01", "m "),
        ("m ", "m.", "m;n"),
        ("a%25b", "a&amp;b", "M"),
    ],
)
def test_look_alikes_are_of_the_kind_of_the_comparison(one: str, alike: str, unlike: str) -> None:
    found = form(program(add("m0"), Delete((one,))))
    assert holds(program(add("m3"), Delete((alike,))), found)
    assert not holds(program(add("m3"), Delete((unlike,))), found)
    assert not holds(program(add("m3"), Delete(("m4",))), found)


def test_a_plain_text_may_be_any_and_a_long_one_one_as_long() -> None:
    assert holds(program(add("m0", content="")), form(program(add("m0", content="y"))))
    blocks = [{"type": "text", "text": "y"}]
    in_blocks = form(program(add("m0", content=blocks)))
    assert holds(program(add("m0", content=[{"type": "text", "text": "other"}])), in_blocks)
    assert not holds(program(add("m0", content="other")), in_blocks)
    long = form(program(add("m0", content="y" * 5_000)))
    assert holds(program(add("m0", content="z" * 5_000)), long)
    assert not holds(program(add("m0", content="z" * 4_999)), long)


def test_a_range_is_one_as_large() -> None:
    many = form(program(Add(MessageRange(100))))
    assert holds(program(Add(MessageRange(100, 7))), many)
    assert holds(program(Add(MessageRange(500))), many)
    assert not holds(program(Add(MessageRange(99))), many)
    assert not holds(program(add("m0")), many)
    deleted = form(program(Add(MessageRange(100)), Delete(IdRange(100))))
    assert holds(program(Add(MessageRange(100)), Delete(IdRange(200))), deleted)
    assert not holds(program(Add(MessageRange(100)), Delete(("m0", "m1"))), deleted)
    # Messages of a range are messages: what takes one is there.
    assert holds(program(Add(MessageRange(100))), form(program(add("m0"))))
    assert holds(
        program(Add(MessageRange(100)), Delete(IdRange(2))),
        form(program(add("m0"), Delete(("m0",)))),
    )


def in_two(*steps: Step, names: tuple[SpaceName, ...] = (SpaceName(), SpaceName())) -> Program:
    return Program(steps, names, (Client(0), Client(1), Client(0, process=True)))


def test_what_takes_two_spaces_is_not_in_one() -> None:
    leaks = form(in_two(Step(add("m0")), Step(Read(), 1)))
    assert holds(in_two(Step(add("m5"), 1), Step(Read())), leaks)
    assert not holds(program(add("m0"), Read()), leaks)
    # The look at the other space comes without saying, unless none is taken.
    silent = replace(in_two(Step(add("m5"), 1), Step(Read(), 1)), looks=Looks.NEVER)
    assert not holds(silent, leaks)


def test_what_takes_one_space_is_not_in_two() -> None:
    assert holds(in_two(Step(add("m5"), 1), Step(add("m5"), 1)), TWICE)
    assert holds(in_two(Step(add("m5")), Step(add("m5"), 2)), TWICE)
    assert not holds(in_two(Step(add("m5")), Step(add("m5"), 1)), TWICE)


def test_a_space_in_which_nothing_is_done_must_be_there_too() -> None:
    """It is looked at, which is how most leaks show."""
    names = (SpaceName("m"), SpaceName("M"))
    for names_of, number in ((names, 0), (names, 1), (names[::-1], 0)):
        leaks = form(in_two(Step(add("m0"), number), names=names_of))
        assert not holds(program(add("m0")), leaks)
        assert not holds(in_two(Step(add("m0"))), leaks)
        assert holds(in_two(Step(add("m5"), number), Step(Size()), names=names_of), leaks)
    plain = form(in_two(Step(add("m0"))))
    assert holds(in_two(Step(add("m5"), 1)), plain)
    assert not holds(program(add("m0")), plain)


def test_the_names_of_spaces_are_of_a_kind() -> None:
    steps = (Step(add("m0")), Step(Read(), 1))
    folded = form(in_two(*steps, names=(SpaceName("m"), SpaceName("M"))))
    assert holds(in_two(*steps, names=(SpaceName("\u03c3"), SpaceName("\u03a3"))), folded)
    assert not holds(in_two(*steps), folded)
    assert not holds(in_two(*steps, names=(SpaceName("m"), SpaceName("m%"))), folded)


def test_what_takes_another_process_or_a_fault_is_not_without() -> None:
    elsewhere = form(in_two(Step(add("m0"), 2)))
    assert holds(in_two(Step(Size()), Step(add("m1"), 2)), elsewhere)
    assert not holds(in_two(Step(add("m1"))), elsewhere)
    cancelled = form(Program((Step(add("m0"), 0, Cancel(2)),)))
    assert holds(Program((Step(add("m0"), 0, Cancel(1)),)), cancelled)
    assert not holds(program(add("m0")), cancelled)
    # What needs no fault is there with one.
    assert holds(Program((Step(add("m0"), 0, Cancel(1)),)), form(program(add("m0"))))


def test_what_is_done_at_the_same_time_is_not_one_after_the_other() -> None:
    branches = ((Step(add("m0")),), (Step(add("m0")),))
    at_once = form(Program((), branches=branches))
    assert holds(Program((Step(Size()),), branches=branches), at_once)
    assert not holds(program(add("m0"), add("m0")), at_once)
    assert holds(Program((), branches=branches), TWICE)
    expiring = form(Program((Step(add("m0")),), expiry=2))
    assert holds(Program((Step(add("m0")),), expiry=3), expiring)
    assert not holds(program(add("m0")), expiring)


UNUSUAL: dict[str, Any] = {
    "a pool": {"pool": 2},
    "a new store": {"fresh_store": True},
    "another clock": {"clients": (Client(process=True, clock=3600.0),)},
    "another time zone": {"clients": (Client(process=True, time_zone="UTC-13"),)},
    "a user of others": {"spaces": (SpaceName(shared_user=True),)},
    "a session of others": {"spaces": (SpaceName(shared_session=True),)},
}


@pytest.mark.parametrize("unusual", UNUSUAL.values(), ids=UNUSUAL)
def test_what_takes_an_unusual_setting_is_not_without(unusual: dict[str, Any]) -> None:
    steps = (Step(add("m0")),)
    demanding = form(Program(steps, **unusual))
    assert holds(Program(steps, **unusual), demanding)
    assert not holds(Program(steps, clients=(Client(process=True),)), demanding)
    usual = form(Program(steps))
    assert holds(Program(steps, **unusual), usual)


def test_the_looks_at_the_state_are_done_too() -> None:
    read = form(program(add("m0"), Read()))
    assert holds(program(add("m0")), read)
    assert not holds(Program((Step(add("m0")),), looks=Looks.NEVER), read)
    by_mark = form(program(add("m0"), Read("a", summary=False, ids_only=True)))
    assert not holds(program(add("m0")), by_mark)
    assert holds(program(add("m0"), UpdateMarks("a")), by_mark)
    marked = Program((Step(add("m0")), Step(UpdateMarks("a"))), looks=Looks.PLAINLY)
    assert not holds(marked, by_mark)


def test_one_way_to_do_something_is_not_the_plain_one() -> None:
    kept = form(program(add("m0"), KeepRead()))
    assert not holds(program(add("m0"), Read()), kept)
    assert holds(program(add("m0"), KeepRead(3)), kept)
    # The other way round it is.
    assert holds(program(add("m0"), KeepRead()), form(program(add("m0"), Read())))


def test_it_does_not_matter_why_something_was_refused() -> None:
    steps = program(CallWith("add", "memories", "bytes"), Delete(("m0",)))
    refused = form_of(steps, GRAMMAR, refused=[0])
    assert holds(program(CallWith("add", "marks", "zero"), Delete(("m3",))), refused)
    assert holds(program(AddWith("id", "bytes"), Delete(("m3",))), refused)
    assert not holds(program(CallWith("delete", "msg_ids", "zero"), Delete(("m3",))), refused)
    assert not holds(program(add("m3"), Delete(("m3",))), refused)
    # Where it was not refused, it does.
    accepted = form_of(steps, GRAMMAR)
    assert not holds(program(CallWith("add", "marks", "zero"), Delete(("m3",))), accepted)


def test_what_does_nothing_holds_nothing() -> None:
    nothing = program(KeepAdded(()), AddTogether(()))
    assert not holds(nothing, form(program(add("m0"))))
    assert holds(nothing, form(nothing))
    assert not holds(program(add("m0")), form(nothing))


def test_every_operation_of_the_corpus_holds_its_own_form() -> None:
    for each in CONTRACT.corpus.entries:
        assert holds(each.program, form(each.program)), each.file_name


def in_session(name: str) -> Program:
    return Program((Step(add("m0")),), (SpaceName("u", name),))


@pytest.mark.parametrize("session", ["\U0001f600" * 240, "a/b", "\U0001f600", "a?b"])
def test_the_name_of_a_space_matters_unless_nothing_is_special_about_it(session: str) -> None:
    special = form(in_session(session))
    assert holds(in_session(session), special)
    assert not holds(in_session("s"), special)


def test_a_name_is_special_for_its_length_too() -> None:
    special = form(in_session("\U0001f600" * 240))
    assert holds(in_session("m" * 255), special)
    assert not holds(in_session("m" * 200), special)


def state(**changes: Any) -> LoadState:
    return LoadState({"_compressed_summary": "s", "content": [], **changes})


MESSAGE = entry("m0")[0]


@pytest.mark.parametrize(
    ("one", "others", "unlike"),
    [
        pytest.param(
            LoadState({"content": []}),
            [LoadState({}), LoadState({"other": 1}), LoadState({"_compressed_summary": "s"})],
            [state(), state(content=[[MESSAGE, []]]), state(content=7)],
            id="lacking",
        ),
        pytest.param(
            state(content=[[]]),
            [state(content=None), state(content=[[MESSAGE, "a"]])],
            [state(), state(content=[[MESSAGE, []]]), LoadState({})],
            id="malformed",
        ),
        pytest.param(
            state(content=[MESSAGE]),
            [state(content=[[MESSAGE, []], entry("m1")[0]])],
            [state(), state(content=[[MESSAGE, []]]), state(content=[[]])],
            id="bare",
        ),
        pytest.param(
            state(content=[[MESSAGE, ["b", "a"]]]),
            [state(content=[[MESSAGE, ["a", "a"]]])],
            [state(content=[[MESSAGE, ["a", "b"]]]), state(content=[MESSAGE])],
            id="marks",
        ),
        pytest.param(
            state(content=[entry(content="e\u0301")]),
            [state(content=[entry("m1"), entry(name="e\u0301")])],
            [state(content=[entry(content="y")])],
            id="text",
        ),
        pytest.param(
            state(content=[[MESSAGE, []]]),
            [
                state(content=[MESSAGE]),
                state(content=[entry("m3"), entry("m4")]),
                state(content=[entry(invocation_id=None), entry(invocation_id="")]),
            ],
            [state(), LoadState({})],
            id="messages",
        ),
    ],
)
def test_states_are_told_apart_by_what_is_special_about_them(
    one: LoadState, others: list[LoadState], unlike: list[LoadState]
) -> None:
    found = form(program(one))
    assert [holds(program(each), found) for each in others] == [True] * len(others)
    assert [holds(program(each), found) for each in unlike] == [False] * len(unlike)


@pytest.mark.parametrize(
    "asked", [Read("a"), Read(exclude="a"), UpdateMarks("a", "b", ("m0",)), Delete(("m0",))]
)
def test_what_is_no_text_is_no_name(asked: Operation) -> None:
    found = form(program(asked))
    for method, argument in (
        ("get_memory", "mark"),
        ("get_memory", "exclude_mark"),
        ("update_messages_mark", "new_mark"),
        ("update_messages_mark", "msg_ids"),
        ("delete", "msg_ids"),
    ):
        for odd in ODD:
            if not isinstance(ODD[odd], str):
                holds(program(CallWith(method, argument, odd)), found)
