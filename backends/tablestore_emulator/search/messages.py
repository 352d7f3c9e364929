"""Protobuf messages: read so that what is malformed becomes a `SearchError`."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from google.protobuf.message import DecodeError

from tablestore_emulator.protocol import Message
from tablestore_emulator.protocol import search as pb
from tablestore_emulator.search.errors import invalid

__all__ = ["Message", "check_texts", "given", "parsed", "pb", "well_formed"]


def parsed(kind: Message, data: bytes) -> Message:
    """Read a message.

    Args:
        kind: the message's class, an attribute of `pb`.
        data: its bytes.

    Returns:
        The message.

    Raises:
        SearchError: the bytes are not such a message.
    """
    message = kind()
    with well_formed():
        message.ParseFromString(data)
    check_texts(message)
    return message


def check_texts(message: Message) -> None:
    """Refuse a message with a string that is none.

    Args:
        message: the message: protobuf gives bytes for what is not UTF-8.

    Raises:
        SearchError: a string in it, or in a message in it, is not UTF-8.
    """
    for field, value in message.ListFields():
        if field.message_type is not None:
            for inner in (value,) if hasattr(value, "ListFields") else value:
                check_texts(inner)
        elif field.type == field.TYPE_STRING:
            texts = (value,) if isinstance(value, str | bytes) else value
            if not all(isinstance(text, str) for text in texts):
                raise invalid("A string of the request is not UTF-8.")


@contextmanager
def well_formed() -> Iterator[None]:
    """Turn what reading a malformed message raises into a `SearchError`.

    Some versions of protobuf find a string that is not UTF-8 when it is read, not when the message
    is: whole parsers run inside this.

    Raises:
        SearchError: something inside could not be read.
    """
    try:
        yield
    except (DecodeError, UnicodeDecodeError) as error:
        raise invalid("The request's protobuf message is malformed.") from error


def given(message: Message, name: str) -> Any:
    """Return a field's value.

    Args:
        message: the message.
        name: the name of an optional field.

    Returns:
        The value, or None if the message does not have it (protobuf would give a default).
    """
    return getattr(message, name) if message.HasField(name) else None
