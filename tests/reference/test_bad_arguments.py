"""Arguments that the reference refuses, before anything changes (design, section 4)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from memcert_reference import InMemoryMemory, Msg


def msg(msg_id: str) -> Msg:
    return Msg("n", "x", "user", id=msg_id)


CALLS: list[tuple[str, dict[str, Any], type[Exception]]] = [
    ("add", {"memories": "m1"}, TypeError),
    ("add", {"memories": (msg("m9"),)}, TypeError),
    ("add", {"memories": {"id": "m9"}}, TypeError),
    ("add", {"memories": msg("m9"), "marks": ("a",)}, TypeError),
    ("add", {"memories": msg("m9"), "marks": {"a"}}, TypeError),
    ("add", {"memories": msg("m9"), "marks": 7}, TypeError),
    ("add", {"memories": msg("m9"), "marks": ["a", None]}, TypeError),
    ("add", {"memories": msg("m9"), "marks": ""}, ValueError),
    ("add", {"memories": msg("m9"), "marks": ["a", "\0"]}, ValueError),
    ("add", {"memories": None, "marks": 7}, TypeError),
    ("add", {"memories": msg("m9"), "allow_duplicates": True}, TypeError),
    ("delete", {"msg_ids": "m1"}, TypeError),
    ("delete", {"msg_ids": ("m1",)}, TypeError),
    ("delete", {"msg_ids": None}, TypeError),
    ("delete", {"msg_ids": ["m1", 7]}, TypeError),
    ("delete", {"msg_ids": ["m1", ""]}, ValueError),
    ("delete_by_mark", {"mark": None}, TypeError),
    ("delete_by_mark", {"mark": ("a",)}, TypeError),
    ("delete_by_mark", {"mark": ["a", ""]}, ValueError),
    ("get_memory", {"mark": ["a"]}, TypeError),
    ("get_memory", {"mark": ""}, ValueError),
    ("get_memory", {"exclude_mark": 7}, TypeError),
    ("get_memory", {"prepend_summary": 1}, TypeError),
    ("get_memory", {"prepend_summary": None}, TypeError),
    ("update_messages_mark", {"new_mark": ["a"]}, TypeError),
    ("update_messages_mark", {"new_mark": ""}, ValueError),
    ("update_messages_mark", {"new_mark": "a", "old_mark": 7}, TypeError),
    ("update_messages_mark", {"new_mark": "c", "msg_ids": "m1"}, TypeError),
    ("update_messages_mark", {"new_mark": "c", "msg_ids": ["m1", "\ud800"]}, ValueError),
    # Nothing would change, and the arguments are wrong all the same.
    ("update_messages_mark", {"new_mark": "a", "old_mark": "a", "msg_ids": "m1"}, TypeError),
    ("update_compressed_summary", {"summary": None}, TypeError),
    ("update_compressed_summary", {"summary": b"s"}, TypeError),
    ("update_compressed_summary", {"summary": "\ud800"}, ValueError),
]


@pytest.mark.parametrize(("method", "arguments", "error"), CALLS)
def test_bad_arguments_change_nothing(
    method: str, arguments: dict[str, Any], error: type[Exception]
) -> None:
    async def body() -> None:
        memory = InMemoryMemory()
        await memory.add([msg("m1"), msg("m2")], ["a", "b"])
        await memory.update_compressed_summary("s")
        before = memory.state_dict()
        with pytest.raises(error) as raised:
            await getattr(memory, method)(**arguments)
        assert type(raised.value) is error
        assert memory.state_dict() == before

    asyncio.run(body())


@pytest.mark.parametrize("many", [False, True])
def test_agentscopes_message_is_told_where_to_go(many: bool) -> None:
    # Its class, by name: AgentScope is not among what these tests need.
    theirs = type("Msg", (), {"__module__": "agentscope.message._message_base"})
    own = type("OwnMsg", (theirs,), {})
    for message in (theirs(), own()):
        with pytest.raises(TypeError) as raised:
            asyncio.run(InMemoryMemory().add([message] if many else message))
        assert str(raised.value).endswith(
            "for AgentScope's Msg, import the memory from memcert_backends.agentscope"
        )
