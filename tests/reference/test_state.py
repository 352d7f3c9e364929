"""The state of the reference: its form, what loads, and what is refused."""

from __future__ import annotations

import asyncio
import json
from types import MappingProxyType
from typing import Any

import pytest

from memcert_reference import InMemoryMemory, Msg
from memcert_reference.json_text import dump_json, load_json


def message(msg_id: str = "m1", **fields: Any) -> dict[str, Any]:
    return {
        "id": msg_id,
        "name": "n",
        "role": "user",
        "content": "x",
        "metadata": {},
        "timestamp": "then",
        "invocation_id": None,
    } | fields


def without(key: str) -> dict[str, Any]:
    data = message()
    del data[key]
    return data


def a_memory() -> InMemoryMemory:
    async def fill() -> InMemoryMemory:
        memory = InMemoryMemory()
        await memory.add(Msg("n", "x", "user", timestamp="then", id="old"), ["z", "a", "M"])
        await memory.update_compressed_summary("summary")
        return memory

    return asyncio.run(fill())


OLD = {"_compressed_summary": "summary", "content": [[message("old"), ["M", "a", "z"]]]}


def load(state: Any, **arguments: Any) -> dict[str, Any]:
    memory = a_memory()
    memory.load_state_dict(state, **arguments)
    return memory.state_dict()


def test_the_form_is_plain_json_with_the_marks_sorted() -> None:
    state = a_memory().state_dict()
    assert state == OLD
    assert json.loads(json.dumps(state)) == state
    assert [type(part) for part in state["content"][0]] == [dict, list]


def test_what_was_saved_shares_nothing_with_the_memory() -> None:
    memory = a_memory()
    state = memory.state_dict()
    state["content"][0][0]["metadata"]["k"] = "spoilt"
    state["content"][0][1].append("spoilt")
    state["content"].clear()
    assert memory.state_dict() == OLD


def test_what_was_loaded_shares_nothing_with_the_memory() -> None:
    memory = InMemoryMemory()
    state: dict[str, Any] = {
        "_compressed_summary": "s",
        "content": [[message(metadata={"k": []}), ["a"]]],
    }
    memory.load_state_dict(state)
    state["content"][0][0]["metadata"]["k"].append("spoilt")
    state["content"][0][1].append("spoilt")
    assert memory.state_dict()["content"] == [[message(metadata={"k": []}), ["a"]]]


def test_loading_replaces() -> None:
    new = {"_compressed_summary": "", "content": [[message("m2"), []], [message("m1"), ["b"]]]}
    assert load(new) == new
    assert load({"_compressed_summary": "", "content": []}) == {
        "_compressed_summary": "",
        "content": [],
    }
    assert load(MappingProxyType(new)) == new


def test_by_way_of_json_text_with_a_long_integer() -> None:
    async def body() -> None:
        memory, other = InMemoryMemory(), InMemoryMemory()
        await memory.add(Msg("n", "a\0😀", "user", {"k": [10**10_000, -0.0, True]}, id="m1"), "a")
        state = load_json(dump_json(await memory.export_state()))
        await other.import_state(state)  # type: ignore[arg-type]
        assert repr(other.state_dict()["content"][0][0]["metadata"]["k"][1:]) == "[-0.0, True]"
        assert other.state_dict() == memory.state_dict()

    asyncio.run(body())


@pytest.mark.parametrize(
    ("item", "loaded"),
    [
        # AgentScope's dictionaries have six keys: no invocation_id.
        ([without("invocation_id"), ["hint"]], [message(), ["hint"]]),
        # By way of pickle a pair stays a tuple.
        ((message(), ["a"]), [message(), ["a"]]),
        # A bare message is what AgentScope wrote before it had marks.
        (message(), [message(), []]),
        (without("invocation_id"), [message(), []]),
        ([message(metadata=None), []], [message(), []]),
        ([without("metadata"), []], [message(), []]),
        ([message(), ["b", "a", "b"]], [message(), ["a", "b"]]),
    ],
)
def test_states_of_agentscope_load(item: Any, loaded: list[Any]) -> None:
    state = {"_compressed_summary": "", "content": [item]}
    assert load(state)["content"] == [loaded]


BAD_CONTENTS: list[Any] = [
    None,
    {},
    "content",
    (),
    [7],
    [None],
    [[message()]],
    [[message(), [], []]],
    [[message(), "a"]],
    [[message(), None]],
    [[message(), ("a",)]],
    [[message(), [""]]],
    [[message(), [7]]],
    [["m1", []]],
    [[message(id="")]],
    [[message(""), []]],
    [[message(role="tool"), []]],
    [[message(content=7), []]],
    [[message(content=["x"]), []]],
    [[message(content="\ud800"), []]],
    [[message(metadata=[]), []]],
    [[message(name=None), []]],
    [[message(timestamp=7), []]],
    [[message(more=1), []]],
    [[without("id"), []]],
    [[without("name"), []]],
    [[without("role"), []]],
    [[without("content"), []]],
    [[message("m1"), []], [message("m2"), []], [message("m1"), []]],
    [message("m1"), [message("m1"), []]],
    # The good entry before the bad one must not be loaded.
    [[message("m1"), []], 7],
]


@pytest.mark.parametrize("content", BAD_CONTENTS)
@pytest.mark.parametrize("strict", [True, False])
def test_a_bad_content_is_a_value_error_and_changes_nothing(content: Any, strict: bool) -> None:
    memory = a_memory()
    with pytest.raises(ValueError, match="state") as raised:
        memory.load_state_dict({"_compressed_summary": "new", "content": content}, strict=strict)
    assert type(raised.value) is ValueError
    assert "\n" not in str(raised.value)
    assert memory.state_dict() == OLD


@pytest.mark.parametrize("summary", [7, ["s"], b"s", "\ud800"])
def test_a_bad_summary_is_a_value_error_and_changes_nothing(summary: Any) -> None:
    memory = a_memory()
    with pytest.raises(ValueError, match="summary"):
        memory.load_state_dict({"_compressed_summary": summary, "content": []})
    assert memory.state_dict() == OLD


@pytest.mark.parametrize(
    "state",
    [{}, {"content": []}, {"_compressed_summary": "new"}, {"summary": "new", "contents": []}],
)
def test_a_missing_key_is_a_key_error_where_it_is_strict(state: dict[str, Any]) -> None:
    memory = a_memory()
    for arguments in ({}, {"strict": True}):
        with pytest.raises(KeyError):
            memory.load_state_dict(state, **arguments)
    assert memory.state_dict() == OLD


def test_what_is_missing_stays_where_it_is_not_strict() -> None:
    assert load({}, strict=False) == OLD
    assert load({"_compressed_summary": "new"}, strict=False) == OLD | {
        "_compressed_summary": "new"
    }
    assert load({"content": []}, strict=False) == OLD | {"content": []}


@pytest.mark.parametrize("state", [None, [], "state", 7])
def test_what_is_no_dictionary_is_a_type_error(state: Any) -> None:
    with pytest.raises(TypeError):
        load(state)


def test_strict_is_a_truth_value() -> None:
    with pytest.raises(TypeError):
        load(OLD, strict=1)


def test_import_state_is_strict() -> None:
    async def body() -> None:
        memory = InMemoryMemory()
        with pytest.raises(KeyError):
            await memory.import_state({"content": []})
        with pytest.raises(ValueError, match="repeats"):
            await memory.import_state(
                {"_compressed_summary": "", "content": [message(), message()]}
            )
        assert await memory.export_state() == {"_compressed_summary": "", "content": []}

    asyncio.run(body())
