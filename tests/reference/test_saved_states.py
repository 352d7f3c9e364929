"""The states that earlier releases wrote load whole, and are written back as they were."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from memcert_reference import InMemoryMemory
from memcert_reference.json_text import dump_json, load_json
from memcert_reference.state import CONTENT_KEY, SUMMARY_KEY

RELEASES = sorted((Path(__file__).parent / "data").glob("*/states.json"))


def states() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for file in RELEASES:
        kept: Any = load_json(file.read_text("utf-8"))
        found |= {f"{file.parent.name} {name}": state for name, state in kept.items()}
    return found


STATES = states()
WHOLE = {name: state for name, state in STATES.items() if CONTENT_KEY in state}


def test_there_are_some_of_the_first_release() -> None:
    assert len(WHOLE) >= 4
    assert any(name.startswith("0.1.0 ") for name in WHOLE)


@pytest.mark.parametrize("name", WHOLE)
def test_one_that_holds_the_content_is_loaded_whole(name: str) -> None:
    memory = InMemoryMemory()
    memory.load_state_dict(WHOLE[name])
    # As texts: True == 1 == 1.0, and -0.0 == 0.0.
    assert dump_json(memory.state_dict()) == dump_json(WHOLE[name])
    found = asyncio.run(memory.get_memory(prepend_summary=False))
    assert [each.id for each in found] == [record["id"] for record, _ in WHOLE[name][CONTENT_KEY]]


@pytest.mark.parametrize("name", sorted(STATES.keys() - WHOLE.keys()))
def test_one_of_a_memory_in_a_store_brings_its_summary(name: str) -> None:
    memory = InMemoryMemory()
    memory.load_state_dict(STATES[name], strict=False)
    assert memory.state_dict()[SUMMARY_KEY] == STATES[name][SUMMARY_KEY]
