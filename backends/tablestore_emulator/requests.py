"""Reading a request's message."""

from __future__ import annotations

from google.protobuf.message import DecodeError

from tablestore_emulator.errors import invalid
from tablestore_emulator.protocol import Message


def parse(kind: Message, body: bytes) -> Message:
    """Return the message that a request's body is.

    Args:
        kind: the message's class.
        body: the bytes.

    Raises:
        ServiceError: they are none, or something that is required is missing.
    """
    message = kind()
    try:
        message.ParseFromString(body)
    except DecodeError:
        raise invalid("Parse PBMessage from RawString failed.") from None
    if not message.IsInitialized() or not has_texts(message):
        raise invalid("Parse PBMessage from RawString failed.")
    return message


def has_texts(message: Message) -> bool:
    """Tell whether the texts in a message are texts.

    The protobuf library parses a text that is not UTF-8, and gives it back as bytes.

    Args:
        message: a message that was parsed.
    """
    for field, value in message.ListFields():
        values = value if field.label == field.LABEL_REPEATED else (value,)
        if field.cpp_type == field.CPPTYPE_MESSAGE:
            if not all(map(has_texts, values)):
                return False
        elif field.type == field.TYPE_STRING and not all(isinstance(it, str) for it in values):
            return False
    return True
