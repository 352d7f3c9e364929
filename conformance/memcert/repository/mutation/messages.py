"""A memory whose messages are of another class than those of programs.

A mutant of the message's own module has a class of its own. What a program gives its memory becomes
a message of that class; what the memory gives back is only looked at, or given to it again.
"""

from __future__ import annotations

from typing import Any

from memcert_reference import Msg
from memcert_reference.message import ROLES


def given_other_messages(memory_class: Any, message_class: Any) -> Any:
    """Return a memory class that is given messages of the reference's class, and knows another.

    Args:
        memory_class: what it is derived from.
        message_class: the class of the messages that this one knows.
    """

    def converted(value: Any) -> Any:
        if type(value) is list:
            return [converted(item) for item in value]
        if not isinstance(value, Msg):
            return value
        if _is_as_made(value):
            return message_class(**vars(value))
        # It was changed after it was made, and so is this one: its constructor has no say.
        changed = message_class.__new__(message_class)
        changed.__dict__.update(vars(value))
        return changed

    async def add(self: Any, memories: Any, *args: Any, **kwargs: Any) -> Any:
        return await memory_class.add(self, converted(memories), *args, **kwargs)

    return type(memory_class.__name__, (memory_class,), {"add": add})


def _is_as_made(message: Msg) -> bool:
    """Tell whether the constructor would make the message that there is."""
    return (
        isinstance(message.content, (str, list))
        and type(message.role) is str
        and message.role in ROLES
        and None not in (message.metadata, message.timestamp, message.id)
        and vars(message).keys() == Msg.__annotations__.keys()
    )
