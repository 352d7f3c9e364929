"""What a short-term memory can do beyond what any backend can."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from memcert.engine.capabilities import Capabilities
from memcert_backends.backend import Backend
from memcert_reference.state import CONTENT_KEY


@dataclass(frozen=True)
class ShortTermCapabilities(Capabilities):
    """What a backend of short-term memory can do.

    Args:
        full_state: detected: ``state_dict`` holds the messages, not only the summary.
        export: detected: the extension ``export_state`` and ``import_state`` is there.
        delete_by_mark: detected: messages can be deleted by their marks.
        update_messages_mark: detected: marks can be attached and removed.
        update_compressed_summary: detected: there can be a summary.
        states: detected: ``state_dict`` and ``load_state_dict`` are there.
        max_message_bytes: declared: the limit on a message's size in bytes; None for none.
    """

    described: ClassVar[Mapping[str, str]] = {
        **Capabilities.described,
        "export": "able to export its state",
    }

    full_state: bool = False
    export: bool = False
    delete_by_mark: bool = True
    update_messages_mark: bool = True
    update_compressed_summary: bool = True
    states: bool = True
    max_message_bytes: int | None = None


DECLARED = ("full_state", "max_message_bytes")
"""What a backend may declare."""


def detect(memory: Any, backend: Backend, known: Capabilities) -> ShortTermCapabilities:
    """Find out what an opened memory can do.

    Args:
        memory: the memory.
        backend: what opened it.
        known: what does not depend on the contract.

    Raises:
        ValueError: the backend declares something else than what it shows, or something unknown.
    """
    for name in backend.declares:
        if name not in DECLARED:
            raise ValueError(f"declares {name}, which there is not; there is {', '.join(DECLARED)}")
    found = ShortTermCapabilities(
        **asdict(known),
        full_state=_has_full_state(memory),
        export=hasattr(memory, "export_state") and hasattr(memory, "import_state"),
        max_message_bytes=backend.declares.get("max_message_bytes"),
    )
    full_state = backend.declares.get("full_state")
    if full_state is not None and full_state != found.full_state:
        raise ValueError(f"declares full_state={full_state}, but its state_dict says otherwise")
    return found


def _has_full_state(memory: Any) -> bool:
    try:
        state = memory.state_dict()
    except Exception:
        # Rules on the state will say so.
        return False
    if inspect.iscoroutine(state):
        state.close()
    return isinstance(state, Mapping) and CONTENT_KEY in state
