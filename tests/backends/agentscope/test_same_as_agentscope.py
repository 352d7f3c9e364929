"""The same calls to AgentScope's own memory and to the one in its place give the same answers."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from copy import deepcopy
from enum import Enum
from typing import Any

import pytest

pytest.importorskip("agentscope.memory", reason="AgentScope 1.x is not here: nox -s agentscope")

import agentscope.memory
from agentscope.agent._react_agent import _MemoryMark
from agentscope.message import Msg, TextBlock, ToolResultBlock, ToolUseBlock

import memcert_backends.agentscope

Open = Callable[[Any], Any]


def messages() -> list[Msg]:
    """Return messages as an agent makes them."""
    call = ToolUseBlock(type="tool_use", id="t", name="f", input={"x": 1})
    result = ToolResultBlock(type="tool_result", id="t", name="f", output="2")
    return [
        Msg("system", "Be brief.", "system"),
        Msg("user", "What is f(1)?", "user", metadata={"source": "test"}),
        Msg("Friday", [TextBlock(type="text", text="I look."), call], "assistant"),
        Msg("system", [result], "system", timestamp="2026-01-01 00:00:00.000"),
        Msg("Friday", "2", "assistant", metadata=None),
        Msg("user", "ありがとう \U0001f600", "user"),
    ]


def plain(answer: Any) -> Any:
    """Return an answer as data that can be compared, but for a summary's own id and time."""
    if not isinstance(answer, list):
        return answer
    shown = [dict(vars(message)) for message in answer]
    if shown and shown[0]["content"] == "In short":
        shown[0] = {**shown[0], "id": None, "timestamp": None}
    return shown


async def both(opened: Open, calls: list[tuple[str, tuple[Any, ...]]]) -> list[list[Any]]:
    """Return the answers of each memory to the calls."""
    answers = []
    for module in (agentscope.memory, memcert_backends.agentscope):
        async with opened(module) as memory:
            # A database of AgentScope's has its tables from the first read or addition on.
            await memory.get_memory()
            answers.append(
                [plain(await getattr(memory, name)(*deepcopy(given))) for name, given in calls]
            )
    return answers


def test_what_an_agent_does(opened: Open) -> None:
    system, asked, used, result, answer, thanks = given = messages()
    hint, compressed = _MemoryMark.HINT, _MemoryMark.COMPRESSED
    assert isinstance(hint, str)
    assert isinstance(hint, Enum)
    calls: list[tuple[str, tuple[Any, ...]]] = [
        ("size", ()),
        ("add", (None,)),
        ("add", ([],)),
        ("add", (system, hint)),
        ("add", ([asked, used], ["a", "b"])),
        ("add", (asked, "other")),
        ("get_memory", ()),
        ("get_memory", (hint,)),
        ("get_memory", ("a", "b")),
        ("get_memory", (None, hint)),
        ("delete_by_mark", (hint,)),
        ("delete_by_mark", (hint,)),
        ("add", ([result, answer, thanks],)),
        ("size", ()),
        ("update_messages_mark", (compressed, None, [asked.id, used.id])),
        ("update_compressed_summary", ("In short",)),
        ("get_memory", (None, compressed)),
        ("get_memory", (compressed, None, False)),
        ("get_memory", (compressed,)),
        ("update_messages_mark", ("c", "a")),
        ("get_memory", ("c", None, False)),
        ("update_messages_mark", (None, "c", [used.id])),
        ("get_memory", ("c", None, False)),
        ("delete", ([result.id, thanks.id],)),
        ("delete", ([],)),
        ("get_memory", ()),
        ("delete_by_mark", (["b"],)),
        ("get_memory", ()),
        ("add", (given,)),
        ("size", ()),
        ("clear", ()),
        ("size", ()),
        ("get_memory", ()),
    ]
    theirs, ours = asyncio.run(both(opened, calls))
    for call, wanted, found in zip(calls, theirs, ours, strict=True):
        assert found == wanted, call


@pytest.mark.parametrize("seed", range(5))
def test_calls_at_random(opened: Open, seed: int) -> None:
    # Within what AgentScope's own memories agree on: ids that are there or were never given twice
    # to one call, no mark attached where it is already, and marks in the order of insertion.
    choose = random.Random(seed)
    known = messages()
    calls: list[tuple[str, tuple[Any, ...]]] = []
    stored: dict[str, set[str]] = {}
    for _ in range(40):
        kind = choose.choice(["add", "add", "delete", "delete_by_mark", "mark", "unmark"])
        mark = choose.choice("ab")
        if kind == "add":
            some = choose.sample(known, choose.randint(1, 3))
            calls.append(("add", (some, mark)))
            for message in some:
                stored.setdefault(message.id, {mark})
        elif kind == "delete" and stored:
            gone = choose.choice(list(stored))
            calls.append(("delete", ([gone],)))
            del stored[gone]
        elif kind == "delete_by_mark":
            calls.append(("delete_by_mark", (mark,)))
            stored = {key: marks for key, marks in stored.items() if mark not in marks}
        elif kind == "mark":
            last = list(stored)[-1:]
            if last and "c" not in stored[last[0]]:
                calls.append(("update_messages_mark", ("c", None, last)))
                stored[last[0]].add("c")
        else:
            calls.append(("update_messages_mark", (None, mark)))
            for marks in stored.values():
                marks.discard(mark)
        calls.append(("size", ()))
        calls.append(("get_memory", ()))
        calls.append(("get_memory", (None, mark)))
    theirs, ours = asyncio.run(both(opened, calls))
    for call, wanted, found in zip(calls, theirs, ours, strict=True):
        assert found == wanted, call
