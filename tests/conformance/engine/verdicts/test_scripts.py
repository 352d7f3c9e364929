"""A counterexample as a script that runs as it is pasted."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from memcert.engine.judging.divergence import Divergence
from memcert.engine.programs.program import Client, Program, Reopen, SpaceName, Step
from memcert.engine.running.preflight import preflight
from memcert.engine.running.runner import Runner
from memcert.engine.verdicts.script import script
from memcert.resolver import resolve
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
from memcert.short_term.misuse import (
    METHODS,
    ODD,
    AddAt,
    AddLarge,
    AddVeryLarge,
    AddWith,
    CallWith,
)
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

BROKEN = '''\
"""Memories that are broken in one way each."""

from memcert_reference import InMemoryMemory, Msg

KEPT = {}


class Counts(InMemoryMemory):
    async def delete(self, msg_ids):
        await super().delete(msg_ids)
        return len(msg_ids)


class LosesMarks(InMemoryMemory):
    async def update_messages_mark(self, new_mark, old_mark=None, msg_ids=None):
        count = await super().update_messages_mark(new_mark, old_mark, msg_ids)
        return count if await super().update_messages_mark(None, "a") else count


class Accepts(InMemoryMemory):
    async def add(self, memories, marks=None):
        await super().add(memories, list(marks) if isinstance(marks, tuple) else marks)


class Refuses(InMemoryMemory):
    async def clear(self):
        raise PermissionError("not here")


class Forgets(InMemoryMemory):
    """Keeps what is in one space for good, but for the summary."""

    def __init__(self, user_id, session_id):
        super().__init__()
        self._entries = KEPT.setdefault((user_id, session_id), {})


class Joins(InMemoryMemory):
    def __init__(self, user_id, session_id):
        super().__init__()
        self._entries = KEPT.setdefault(user_id.lower() + session_id, {})


class KeepsTheMessage(InMemoryMemory):
    async def get_memory(self, *arguments, **more):
        messages = await super().get_memory(*arguments, **more)
        for message in messages:
            if message.id in self._entries:
                message.metadata = self._entries[message.id].record["metadata"]
        return messages


class LeavesSomething(InMemoryMemory):
    async def add(self, memories, marks=None):
        try:
            await super().add(memories, marks)
        except TypeError:
            await super().add(Msg("n", "left", "user"))
            raise


class AcceptsIds(InMemoryMemory):
    async def delete(self, msg_ids):
        return 0


class Empty(InMemoryMemory):
    def state_dict(self):
        return {"content": []}


class NoLongIntegers(InMemoryMemory):
    async def add(self, memories, marks=None):
        for message in memories:
            str(message.metadata)
        await super().add(memories, marks)
'''

ONE = Add((Message("m0"),), ("a",))

CASES: list[tuple[str, Program, str]] = [
    ("Counts", Program((Step(ONE), Step(Delete(("m0", "m0"))))), "2"),
    (
        "LosesMarks",
        Program((Step(ONE), Step(UpdateMarks("b", "a")), Step(UpdateMarks("a")), Step(Read("a")))),
        "[]",
    ),
    ("Accepts", Program((Step(CallWith("add", "marks", "a tuple")),)), "None"),
    ("Refuses", Program((Step(ONE), Step(Clear()))), "PermissionError: not here"),
    ("Forgets", Program((Step(ONE), Step(Summarise("s")), Step(Reopen()))), "[Msg("),
    (
        "Joins",
        Program(
            (Step(ONE, 0), Step(Read(), 1)),
            (SpaceName("U", "s"), SpaceName("u", "s", shared_session=False)),
            (Client(0), Client(1)),
        ),
        "",
    ),
    (
        "KeepsTheMessage",
        Program((Step(Add((Message("m0", metadata={"k": []}),))), Step(ReadThenSpoil()))),
        "",
    ),
    (
        "NoLongIntegers",
        Program((Step(Add((Message("m0", metadata={"k": 10**5000}),))),)),
        "ValueError: Exceeds the limit",
    ),
    (
        "Counts",
        # The step that must raise, as it does, is told in the script too.
        Program((Step(CallWith("add", "memories", "a tuple of messages")), Step(Delete(("m0",))))),
        "1",
    ),
    # It is the other client who sees it.
    (
        "Joins",
        Program((Step(ONE),), (SpaceName("U", "s"), SpaceName("u", "s")), (Client(0), Client(1))),
        "m0",
    ),
    # What must raise does, and shows in the state what it left.
    ("LeavesSomething", Program((Step(CallWith("add", "memories", "a string")),)), "left"),
    # What is put aside is shown.
    ("Empty", Program((Step(SaveState()),)), "{'content': []}"),
    # A number that nobody looked at is returned in the place of an error.
    ("AcceptsIds", Program((Step(CallWith("delete", "msg_ids", "a string")),)), "0"),
]


@pytest.mark.parametrize(
    ("name", "program", "shown"), CASES, ids=[f"{case[0]}-{n}" for n, case in enumerate(CASES)]
)
def test_it_runs_as_pasted_and_shows_what_was_observed(
    tmp_path: Path, name: str, program: Program, shown: str
) -> None:
    path = tmp_path / "broken.py"
    path.write_text(BROKEN)
    with Runner(CONTRACT, resolve(f"{path}:{name}")) as runner:
        preflight(runner)
        divergence = runner.execute(program).divergence
    assert divergence is not None
    text = script(program, divergence, CONTRACT, f"{path}:{name}", title="RULE: a sentence")
    assert f"# expected: {' '.join(divergence.expected.splitlines())}" in text
    assert f"# observed: {' '.join(divergence.observed.splitlines())}" in text
    done = subprocess.run(
        [sys.executable, "-"],
        input=text,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=60,
        check=False,
    )
    raised = divergence.observed.startswith("raised ")
    assert done.returncode == (1 if raised else 0), done.stderr
    assert shown in (done.stderr if raised else done.stdout)
    assert "NameError" not in done.stderr


EVERY = [
    Add(None),
    Add(
        (Message("m0", [{"type": "text", "text": "a\0'\"😀"}], "s", "system", {"k": 1}, "t", "i"),)
    ),
    Add((Message("m1"),), ("a",), alone=True),
    Add((Message("m2"), Message("m3")), ("a", "b")),
    Add(MessageRange(3)),
    Add((Message("m4", metadata={"k": [10**5000]}),)),
    Delete(("m0", "?")),
    Delete(IdRange(2)),
    DeleteByMark(("a",), alone=True),
    UpdateMarks("a", "b", ("m1",)),
    UpdateMarks(None, "b"),
    Size(),
    Read("a", "b", summary=False),
    Summarise("a\n'"),
    LoadSaved(0, strict=False),
    ImportSaved(1),
    SaveState(),
    LoadSaved(0, strict=False),
    LoadState({"_compressed_summary": "s", "content": []}),
    LoadState({}, strict=False),
    Export(1),
    ImportSaved(1),
    Import({"_compressed_summary": "s", "content": []}),
    SaveStateThenSpoil(),
    LoadStateThenSpoil({"_compressed_summary": "s", "content": []}),
    AddThenSpoil(Message("m5"), ("a",)),
    ReadThenSpoil(),
    LetTimePass(0.0),
    UseNowAndThen("size()", 0.0),
    AddTogether((Message("m8"), Message("m9"))),
    AddLarge("m6", 1000),
    AddVeryLarge(2000),
    DeleteThenSpoil(("m8", "?")),
    UpdateMarksThenSpoil("a", ("m9",)),
    ImportThenSpoil({"_compressed_summary": "s", "content": []}),
    KeepState(),
    KeepExport(),
    KeepRead(),
    KeepAdded((Message("m7"),), ("a",)),
    LookAtKept(),
    AddWhatIsRead(),
    Add(MessageRange(3, 7)),
    Clear(),
    Reopen(),
    Close(block=True),
    Reopen(),
    Close(),
]


def test_every_operation_runs_as_it_is_written(tmp_path: Path) -> None:
    kinds = {*CONTRACT.operations.values(), Reopen} - {CallWith, AddWith, AddAt}
    assert set(map(type, EVERY)) == kinds
    text = script(Program(tuple(map(Step, EVERY))), None, CONTRACT, "reference")
    done = subprocess.run(
        [sys.executable, "-"],
        input=text,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("odd", ODD)
def test_every_odd_argument_means_something_in_a_script(odd: str) -> None:
    steps = [Step(CallWith(method, "marks", odd)) for method in METHODS]
    steps += [Step(AddWith("metadata", odd)), Step(AddWith("content", odd, inside=True))]
    text = script(Program(tuple(steps)), None, CONTRACT, "reference")
    tree = ast.parse(text)
    # What the head imports is what the steps may name.
    head = ast.Module(
        [each for each in tree.body if isinstance(each, (ast.Import, ast.ImportFrom))], []
    )
    names: dict[str, object] = {}
    exec(compile(head, "head", "exec"), names)
    expected, value = ODD[odd][1](), eval(ODD[odd][0], names)
    assert type(value) is type(expected) or type(value).__name__ == type(expected).__name__


def test_nothing_after_the_divergence_is_shown() -> None:
    program = Program((Step(Size()), Step(Size()), Step(Clear())))
    text = script(program, Divergence(1, "await memory.size()", "a", "b"), CONTRACT, "reference")
    assert text.count("memory.size()") == 2
    assert "clear" not in text


@pytest.mark.parametrize("title", ["one\ntwo", "one\r\ntwo"])
def test_a_title_of_several_lines_stays_a_comment(title: str) -> None:
    program = Program((Step(Size()),))
    ast.parse(script(program, None, CONTRACT, "reference", title=title))


def test_a_server_and_an_odd_name_are_quoted() -> None:
    text = script(Program(()), None, CONTRACT, "a\"b'c.py:D", server="redis://x")
    (call,) = [
        node
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "open_memories"
    ]
    assert [ast.literal_eval(each) for each in call.args] == ["a\"b'c.py:D", "redis://x"]
