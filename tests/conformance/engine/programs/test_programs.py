"""A program as JSON and back."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from memcert.engine.programs.operation import MalformedProgram, Operation
from memcert.engine.programs.program import Client, Looks, Program, Reopen, SpaceName, Step
from memcert.engine.programs.reading import parse_program, read_program
from memcert.engine.programs.store_operation import LookIntoStore
from memcert.engine.rule import Rule
from memcert.short_term import CONTRACT
from memcert.short_term.kept_operations import (
    AddWhatIsRead,
    KeepAdded,
    KeepExport,
    KeepRead,
    KeepState,
    LookAtKept,
)
from memcert.short_term.messages import IdRange, Message, MessageRange
from memcert.short_term.misuse import AddAt, AddLarge, AddVeryLarge, AddWith, CallWith
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
from memcert.short_term.sharing_operations import (
    AddThenSpoil,
    AddTogether,
    DeleteThenSpoil,
    ReadThenSpoil,
    UpdateMarksThenSpoil,
)
from memcert.short_term.state_operations import (
    Close,
    Export,
    Import,
    ImportSaved,
    ImportThenSpoil,
    LoadSaved,
    LoadState,
    LoadStateThenSpoil,
    SaveState,
    SaveStateThenSpoil,
)
from memcert.short_term.time_operations import LetTimePass, UseNowAndThen

FULL = Message(
    "m1", [{"type": "text", "text": "a\0😀"}], "s", "system", {"k": [10**5000]}, "then", "call"
)
STATE = {"_compressed_summary": "s", "content": [[{"id": "m1"}, ["a"]]]}

OPERATIONS: list[Operation] = [
    Add(None),
    Add(()),
    Add((Message("m1"), FULL)),
    Add((FULL,), (), alone=True),
    Add((FULL,), ("a", "b")),
    Add(MessageRange(50_000)),
    Delete(()),
    Delete(("m1", "m1")),
    Delete(IdRange(25_000)),
    DeleteByMark(("a",), alone=True),
    DeleteByMark(()),
    UpdateMarks(),
    UpdateMarks("a"),
    UpdateMarks("a", "b", ("m1",)),
    UpdateMarks(None, "b", IdRange(3)),
    UpdateMarks("a", None, ()),
    Size(),
    Clear(),
    Read(),
    Read("a", "b", summary=False, ids_only=True, watched=True),
    Summarise(""),
    Summarise("a\0😀"),
    SaveState(),
    SaveState(1),
    LoadSaved(1, strict=False),
    LoadState(STATE),
    LoadState({}, strict=False),
    LoadState({}, strict=True),
    Export(1),
    ImportSaved(1),
    Import(STATE),
    SaveStateThenSpoil(),
    LoadStateThenSpoil(STATE),
    Close(),
    Close(block=True),
    AddThenSpoil(FULL, ("a",)),
    AddThenSpoil(Message("m1")),
    ReadThenSpoil(),
    LetTimePass(0.0),
    UseNowAndThen("size()", 0.0),
    AddTogether((FULL, Message("m1"))),
    CallWith("add", "memories", "a tuple of messages"),
    AddWith("metadata", "NaN", inside=True, first="m0"),
    AddWith("id", "a NUL"),
    AddLarge("m1", 1_000_000),
    AddVeryLarge(20_000_000),
    AddAt("video, data", "bytes"),
    CallWith("get_memory", "mark", "zero", (("exclude_mark", "zero"),)),
    Add(MessageRange(3, 7)),
    Add((FULL,), ("a",), alone=True, mark_alone=False),
    DeleteThenSpoil(("m1", "m2")),
    UpdateMarksThenSpoil("a", ("m1",)),
    ImportThenSpoil(STATE),
    KeepState(),
    KeepExport(1),
    KeepRead(2),
    KeepAdded((FULL, Message("m1")), ("a", "b"), 3),
    LookAtKept(3),
    AddWhatIsRead(),
    Reopen(),
]


def assert_comes_back(program: Program) -> None:
    text = program.to_text()
    again = parse_program(text, CONTRACT.operations)
    assert again == program
    # Equal in Python is not enough: True == 1 == 1.0.
    assert again.to_text() == text
    assert parse_program(text.encode(), CONTRACT.operations) == program


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.kind)
def test_an_operation_comes_back(operation: Operation) -> None:
    assert_comes_back(Program((Step(operation),)))


def test_every_operation_of_the_contract_is_among_them() -> None:
    missing = set(CONTRACT.operations.values()) - set(map(type, OPERATIONS))
    assert not missing


def test_spaces_clients_and_the_rest_come_back() -> None:
    assert_comes_back(
        Program(
            (Step(Size(), 2), Step(Reopen(), 1), Step(Clear())),
            (SpaceName("a:b", "c", shared_user=True), SpaceName("a", "b:c", shared_session=True)),
            (Client(0), Client(1), Client(1, process=True)),
            fresh_store=True,
            blind_to=("delete", "size"),
        )
    )
    assert_comes_back(Program((Step(LookIntoStore("forgotten")),), fresh_store=True))
    assert_comes_back(Program(()))
    for looks in Looks:
        assert_comes_back(Program((Step(Size()),), looks=looks))


@pytest.mark.parametrize("rule", CONTRACT.rules, ids=lambda rule: rule.id)
def test_the_programs_of_a_rule_come_back(rule: Rule) -> None:
    @settings(
        max_examples=5,
        database=None,
        derandomize=True,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(rule.programs())
    def check(program: Program) -> None:
        assert len(program) > 0
        assert_comes_back(program)

    check()


def step(text: str) -> str:
    return f'{{"format": 1, "steps": [{text}]}}'


MALFORMED: list[tuple[str, str]] = [
    ("", "it is not JSON"),
    ("{", "it is not JSON"),
    ("[" * 100_000, "it is not JSON"),
    ("[]", "a program is a JSON object"),
    ("7", "a program is a JSON object"),
    ("{}", "with a list of 'steps'"),
    ('{"format": 1, "steps": {}}', "with a list of 'steps'"),
    ('{"steps": []}', "its format is None"),
    ('{"format": 2, "steps": []}', "its format is 2"),
    ('{"format": 1, "steps": [], "spaces": []}', "'spaces' must be a list"),
    ('{"format": 1, "steps": [], "spaces": [{"user": 7}]}', "'spaces' has a malformed item"),
    ('{"format": 1, "steps": [], "spaces": [{"name": "x"}]}', "'spaces' has a malformed item"),
    ('{"format": 1, "steps": [], "clients": 7}', "'clients' must be a list"),
    ('{"format": 1, "steps": [], "clients": [{"space": true}]}', "'clients' has a malformed"),
    ('{"format": 1, "steps": [], "clients": [{"space": 1}]}', "client 0 is in space 1"),
    ('{"format": 1, "steps": [], "clients": [{"space": -1}]}', "client 0 is in space -1"),
    ('{"format": 1, "steps": [], "blind_to": ["none"]}', "'blind_to' must be a list"),
    ('{"format": 1, "steps": [], "blind_to": "size"}', "'blind_to' must be a list"),
    ('{"format": 1, "steps": [], "blind_to": [[]]}', "'blind_to' must be a list"),
    ('{"format": 1, "steps": [], "fresh_store": 1}', "'fresh_store'"),
    ('{"format": 1, "steps": [], "client": []}', "'client'"),
    (step("7"), "step 0: a step is a JSON object"),
    (step("{}"), "step 0: there is no operation None"),
    (step('{"operation": []}'), "step 0: there is no operation []"),
    (step('{"operation": "size"}, {"operation": "sizes"}'), "step 1: there is no operation"),
    (step('{"operation": "size", "client": 1}'), "there is no client 1"),
    (step('{"operation": "size", "client": true}'), "there is no client True"),
    (step('{"operation": "size", "of": 1}'), "operation 'size' has no field 'of'"),
    (step('{"operation": "add"}'), "operation 'add' lacks its field 'messages'"),
    (step('{"operation": "add", "messages": "m1"}'), "field 'messages' of operation 'add'"),
    (step('{"operation": "add", "messages": [7]}'), "field 'messages' of operation 'add'"),
    (step('{"operation": "add", "messages": [{}]}'), "field 'messages' of operation 'add'"),
    (step('{"operation": "add", "messages": [{"id": "a", "x": 1}]}'), "field 'messages'"),
    (step('{"operation": "add", "messages": {"range": -1}}'), "field 'messages'"),
    (step('{"operation": "add", "messages": {"range": true}}'), "field 'messages'"),
    (step('{"operation": "add", "messages": [], "marks": "a"}'), "field 'marks'"),
    (step('{"operation": "delete", "ids": [7]}'), "field 'ids' of operation 'delete'"),
    (step('{"operation": "load_state_dict", "state": []}'), "field 'state'"),
    (step('{"operation": "reopen", "x": 1}'), "operation 'reopen' has no field 'x'"),
    (step('{"operation": "let_time_pass", "rest": 5.0}'), "field 'rest'"),
    (step('{"operation": "use_now_and_then", "use": "x", "rest": 1.0}'), "field 'use'"),
    ('{"format": 1, "steps": [], "expiry": -1}', "'expiry' must be a number"),
    (step('{"operation": "look_into_store", "text": "forgotten"}'), "looked into only where"),
    (step('{"operation": "look_into_store", "text": "forgot ten"}'), "field 'text'"),
    (step('{"operation": "add_with", "field": "id", "odd": "x"}'), "there is no 'x'"),
    (step('{"operation": "add_with", "field": "id", "odd": []}'), "operation 'add_with'"),
    (step('{"operation": "call_with", "method": "x", "argument": "y", "odd": "bytes"}'), "'x'"),
    (step('{"operation": "call_with", "method": [], "argument": "y", "odd": "bytes"}'), "[]"),
]


@pytest.mark.parametrize(("text", "said"), MALFORMED, ids=[text[:80] for text, _ in MALFORMED])
def test_a_malformed_program_says_where_in_one_line(text: str, said: str) -> None:
    with pytest.raises(MalformedProgram) as raised:
        parse_program(text, CONTRACT.operations)
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


def test_bytes_that_are_no_text_are_malformed() -> None:
    with pytest.raises(MalformedProgram, match="it is not JSON"):
        parse_program(b"\xff\xfe\xff", CONTRACT.operations)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from(["", "size", "add"]),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "format",
                        "steps",
                        "spaces",
                        "clients",
                        "blind_to",
                        "operation",
                        "client",
                        "user",
                    ]
                ),
                inner,
                max_size=3,
            )
        ),
        max_leaves=12,
    )
)
@settings(max_examples=200, database=None, derandomize=True, deadline=None)
def test_whatever_is_read_is_a_program_or_malformed(data: object) -> None:
    if isinstance(data, dict):
        data = {"format": 1, "steps": []} | data
    # Any other exception would reach the user as a traceback.
    with suppress(MalformedProgram):
        assert isinstance(read_program(data, CONTRACT.operations), Program)
