"""The message, with AgentScope's names and call shapes."""

from __future__ import annotations

import inspect
import re
from typing import Any

import pytest

from memcert_reference import Msg
from memcert_reference.message import record_of

BLOCKS: list[Any] = [
    {"type": "text", "text": "one"},
    {"type": "thinking", "thinking": "hm"},
    {"type": "tool_use", "id": "t", "name": "f", "input": {"k": [1]}},
    {"type": "tool_result", "id": "t", "name": "f", "output": "two"},
    {"type": "image", "source": {"type": "url", "url": "http://example.com/x.png"}},
    {"type": "audio", "source": {"type": "base64", "media_type": "audio/wav", "data": "eA=="}},
    {"type": "video", "source": {"type": "url", "url": "file:///x.mp4"}},
    {"type": "text", "text": "three"},
]


def test_the_arguments_stand_where_they_stand_in_agentscope() -> None:
    parameters = list(inspect.signature(Msg).parameters)
    assert parameters[:6] == [
        "name",
        "content",
        "role",
        "metadata",
        "timestamp",
        "invocation_id",
    ]
    message = Msg("Friday", "hello", "assistant", {"k": 1}, "2026-01-01 00:00:00.000", "call")
    assert (message.name, message.content, message.role) == ("Friday", "hello", "assistant")
    assert (message.metadata, message.invocation_id) == ({"k": 1}, "call")
    assert message.timestamp == "2026-01-01 00:00:00.000"


def test_what_is_left_out_is_made_up() -> None:
    one, other = Msg("n", "x", "user"), Msg("n", "x", "user")
    assert one.id != other.id
    assert isinstance(one.id, str)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}", one.timestamp)
    assert one.metadata == {}
    assert one.metadata is not other.metadata
    assert one.invocation_id is None


@pytest.mark.parametrize("content", [None, 7, ("x",), {"type": "text", "text": "x"}])
def test_a_content_is_a_string_or_a_list(content: Any) -> None:
    with pytest.raises(TypeError, match="content must be"):
        Msg("n", content, "user")


@pytest.mark.parametrize("role", ["tool", "User", "", "user "])
def test_there_are_three_roles(role: Any) -> None:
    with pytest.raises(ValueError, match="role must be user, assistant or system"):
        Msg("n", "x", role)


def test_a_dictionary_and_back() -> None:
    message = Msg("n", BLOCKS, "system", {"k": [None]}, "then", "call", id="m1")
    data = message.to_dict()
    assert data == {
        "id": "m1",
        "name": "n",
        "role": "system",
        "content": BLOCKS,
        "metadata": {"k": [None]},
        "timestamp": "then",
        "invocation_id": "call",
    }
    assert Msg.from_dict(data).to_dict() == data


@pytest.mark.parametrize("missing", ["id", "metadata", "timestamp", "invocation_id"])
def test_an_optional_key_may_be_missing(missing: str) -> None:
    data = Msg("n", "x", "user", {"k": 1}, "then", "call", id="m1").to_dict()
    del data[missing]
    message = Msg.from_dict(data)
    assert {key: message.to_dict()[key] for key in data} == data
    assert message.id
    assert message.timestamp


@pytest.mark.parametrize("missing", ["name", "content", "role"])
def test_the_other_keys_may_not(missing: str) -> None:
    data = Msg("n", "x", "user").to_dict()
    del data[missing]
    with pytest.raises(KeyError, match=missing):
        Msg.from_dict(data)


def test_agentscopes_own_dictionary_is_taken() -> None:
    # As agentscope.message.Msg.to_dict writes it, without an invocation_id, and with a key more.
    data = {
        "id": "GVdk7LDiKTPsHe7ZBNVgLq",
        "name": "Friday",
        "role": "assistant",
        "content": [{"type": "text", "text": "Hi"}],
        "metadata": None,
        "timestamp": "2025-11-03 10:11:12.131",
        "later_version": True,
    }
    message = Msg.from_dict(data)
    assert message.id == "GVdk7LDiKTPsHe7ZBNVgLq"
    assert message.metadata == {}
    assert message.invocation_id is None


def test_the_text_of_a_message() -> None:
    assert Msg("n", "plain", "user").get_text_content() == "plain"
    assert Msg("n", BLOCKS, "user").get_text_content() == "one\nthree"
    assert Msg("n", BLOCKS, "user").get_text_content(separator=" | ") == "one | three"
    assert Msg("n", BLOCKS[1:3], "user").get_text_content() is None
    assert Msg("n", [], "user").get_text_content() is None
    assert Msg("n", "", "user").get_text_content() == ""


def test_the_blocks_of_a_message() -> None:
    message = Msg("n", BLOCKS, "user")
    assert message.get_content_blocks() == BLOCKS
    assert message.get_content_blocks("text") == [BLOCKS[0], BLOCKS[-1]]
    assert message.get_content_blocks(["tool_use", "tool_result"]) == BLOCKS[2:4]
    assert Msg("n", "plain", "user").get_content_blocks() == [{"type": "text", "text": "plain"}]
    assert Msg("n", "plain", "user").get_content_blocks("image") == []


def test_taking_from_the_blocks_leaves_the_message_as_it_is() -> None:
    message = Msg("n", list(BLOCKS), "user")
    message.get_content_blocks().clear()
    assert message.content == BLOCKS


def test_whether_a_message_has_blocks() -> None:
    message = Msg("n", BLOCKS[:2], "user")
    assert message.has_content_blocks()
    assert message.has_content_blocks("thinking")
    assert message.has_content_blocks(["video", "text"])
    assert not message.has_content_blocks("video")
    assert not Msg("n", [], "user").has_content_blocks()
    assert Msg("n", "plain", "user").has_content_blocks("text")


def test_it_shows_its_fields() -> None:
    assert "id='m1'" in repr(Msg("n", "x", "user", id="m1"))


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("id", 7, TypeError),
        ("id", "", ValueError),
        ("id", "x" * 256, ValueError),
        ("name", None, TypeError),
        ("name", "\ud800", ValueError),
        ("role", "tool", ValueError),
        ("role", None, TypeError),
        ("content", None, TypeError),
        ("content", ["text"], TypeError),
        ("content", [{"type": "text", "text": b"x"}], TypeError),
        ("content", "\ud800", ValueError),
        ("metadata", [], TypeError),
        ("metadata", {"k": float("nan")}, ValueError),
        ("timestamp", 7, TypeError),
        ("invocation_id", 7, TypeError),
        ("invocation_id", "\ud800", ValueError),
    ],
)
def test_a_field_that_was_changed_is_checked_again(
    field: str, value: object, error: type[Exception]
) -> None:
    message = Msg("n", "x", "user")
    setattr(message, field, value)
    with pytest.raises(error) as raised:
        record_of(message, "message 3")
    assert type(raised.value) is error
    assert field in str(raised.value)
