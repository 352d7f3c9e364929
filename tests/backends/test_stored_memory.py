"""What every memory in a store does before it asks the store."""

from __future__ import annotations

import pytest

from memcert_backends import RedisMemory
from memcert_backends.stored_memory import ONE_SPACE

MESSAGE = {"id": "m", "name": "n", "role": "user", "content": "x"}


@pytest.fixture
def memory() -> RedisMemory:
    """A memory whose store is never asked."""
    return RedisMemory("s", "u", port=1)


@pytest.mark.parametrize("name", ["user_id", "session_id"])
def test_its_space_cannot_be_set(memory: RedisMemory, name: str) -> None:
    with pytest.raises(AttributeError, match=ONE_SPACE):
        setattr(memory, name, "other")
    assert (memory.user_id, memory.session_id) == ("u", "s")


def test_a_state_with_messages_says_what_would_be_dropped(memory: RedisMemory) -> None:
    state = {"_compressed_summary": "s", "content": [[MESSAGE, []]]}
    with pytest.raises(
        ValueError, match=r"state \(1\) would be dropped: await memory\.import_state"
    ):
        memory.load_state_dict(state)
    assert memory.state_dict() == {"_compressed_summary": None}


def test_a_state_without_messages_is_loaded(memory: RedisMemory) -> None:
    memory.load_state_dict(state_dict={"_compressed_summary": "s", "content": []})
    assert memory.state_dict() == {"_compressed_summary": "s"}
