"""The operations on a state: what of it is compared."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from memcert.engine.programs.outcome import same_value
from memcert.short_term.state_operations import Export, SaveState, comparable
from memcert_reference import InMemoryMemory, Msg


class WithoutInvocationIds(InMemoryMemory):
    """A memory whose states say nothing of a call that there was none of, as AgentScope's."""

    def state_dict(self) -> dict[str, Any]:
        state = super().state_dict()
        for message, _ in state["content"]:
            if message["invocation_id"] is None:
                del message["invocation_id"]
        return state


@pytest.mark.parametrize("operation", [SaveState(), Export()])
def test_a_state_without_invocation_ids_is_the_same(operation: Any) -> None:
    async def main() -> None:
        messages = [Msg("n", "x", "user"), Msg("n", "y", "user", invocation_id="call")]
        states = []
        for memory in (InMemoryMemory(), WithoutInvocationIds()):
            await memory.add(messages, marks="a")
            saved: dict[int, Any] = {}
            states.append(await operation.run(memory, saved))
            # What is loaded later is what the memory itself wrote.
            await memory.import_state(await memory.export_state())
            assert ("null" in saved[0]) == (type(memory) is InMemoryMemory)
        assert same_value(*states)
        assert states[1]["content"][1][0]["invocation_id"] == "call"

    asyncio.run(main())


@pytest.mark.parametrize(
    "state", [None, [], {}, {"content": 7}, {"content": [None, [], [[]], "x"]}]
)
def test_a_state_of_any_form_can_be_compared(state: Any) -> None:
    assert comparable(state) == state
