"""The protocol between a Redis and its clients: commands are read, answers are written (RESP)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from redis import exceptions

_PIECE_BYTES = 16 * 1024

_STATUSES = frozenset({b"OK", b"PONG", b"QUEUED", b"RESET"})
"""What Redis answers as a status; fakeredis does not tell such an answer from a text."""

_CODES = {
    exceptions.AuthenticationError: "WRONGPASS",
    exceptions.BusyLoadingError: "LOADING",
    exceptions.ExecAbortError: "EXECABORT",
    exceptions.NoPermissionError: "NOPERM",
    exceptions.NoScriptError: "NOSCRIPT",
    exceptions.OutOfMemoryError: "OOM",
    exceptions.ReadOnlyError: "READONLY",
}
"""The first words of errors, which redis-py takes off the text."""

_PUSHED = frozenset(
    kind + what for kind in (b"", b"p", b"s") for what in (b"message", b"subscribe", b"unsubscribe")
)

_HAS_A_CODE = re.compile(r"[A-Z]{3,} ")


class MalformedRequest(Exception):
    """A client sent what is no command."""


class Requests:
    """Takes commands out of what a client sends, in pieces of any size."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._place = 0
        self._arguments: list[bytes] = []
        self._missing = 0
        # Of the argument that comes next, if it is known.
        self._length: int | None = None

    def feed(self, data: bytes) -> None:
        """Take what a client sent.

        Args:
            data: the next piece.
        """
        del self._buffer[: self._place]
        self._place = 0
        self._buffer += data

    def take(self) -> list[bytes] | None:
        """Return the next command with its arguments; None if it is not there yet.

        Raises:
            MalformedRequest: what was sent is no command.
        """
        while not self._missing:
            line = self._line()
            if line is None:
                return None
            if line[:1] != b"*" and (words := line.split()):
                return words
            self._missing, self._arguments = _number(line, b"*") if line else 0, []
        while self._missing:
            if self._length is None:
                line = self._line()
                if line is None:
                    return None
                self._length = _number(line, b"$")
            end = self._place + self._length
            if len(self._buffer) < end + 2:
                return None
            self._arguments.append(bytes(self._buffer[self._place : end]))
            self._place, self._length = end + 2, None
            self._missing -= 1
        return self._arguments

    def _line(self) -> bytes | None:
        end = self._buffer.find(b"\r\n", self._place)
        if end < 0:
            return None
        line = bytes(self._buffer[self._place : end])
        self._place = end + 2
        return line


def _number(line: bytes, kind: bytes) -> int:
    if line[:1] != kind or not line[1:].isdigit():
        raise MalformedRequest(f"Protocol error: expected {kind.decode()} and a number")
    return int(line[1:])


def pieces(arguments: list[bytes]) -> Iterator[bytes]:
    """Give a command as a client sends it, in pieces that end where an argument does.

    The parser of fakeredis copies what is left of a piece for each argument in it, and what there
    is of an argument for each piece of it.

    Args:
        arguments: the command and its arguments.
    """
    piece = bytearray(b"*%d\r\n" % len(arguments))
    for argument in arguments:
        if len(piece) + len(argument) > _PIECE_BYTES:
            yield bytes(piece)
            piece.clear()
        piece += b"$%d\r\n%b\r\n" % (len(argument), argument)
    yield bytes(piece)


def encoded(answer: Any, protocol: int, *, subscribed: bool = False) -> bytes:
    """Return an answer as a client reads it.

    Args:
        answer: what fakeredis answers to a client that speaks this protocol.
        protocol: 2 or 3.
        subscribed: whether it may be something published, which only looks like a list.
    """
    if isinstance(answer, bytes) and answer in _STATUSES:
        return b"+%b\r\n" % answer
    parts: list[bytes] = []
    _add(parts, answer, protocol)
    if protocol == 3 and subscribed and isinstance(answer, list):
        match answer:
            case [bytes() as kind, *_] if kind in _PUSHED:
                parts[0] = b">%d\r\n" % len(answer)
    return b"".join(parts)


def _add(parts: list[bytes], value: Any, protocol: int) -> None:
    match value:
        case bytes():
            parts.append(b"$%d\r\n%b\r\n" % (len(value), value))
        case str():
            _add(parts, value.encode(), protocol)
        case None:
            parts.append(b"_\r\n" if protocol == 3 else b"$-1\r\n")
        case bool() if protocol == 3:
            parts.append(b"#t\r\n" if value else b"#f\r\n")
        case int():
            parts.append(b":%d\r\n" % value)
        case float() if protocol == 3:
            parts.append(f",{value!r}\r\n".encode())
        case float():
            _add(parts, repr(value), protocol)
        case dict() if protocol == 3:
            parts.append(b"%%%d\r\n" % len(value))
            for pair in value.items():
                for item in pair:
                    _add(parts, item, protocol)
        case dict():
            _add(parts, [item for pair in value.items() for item in pair], protocol)
        case set() | frozenset() if protocol == 3:
            parts.append(b"~%d\r\n" % len(value))
            for item in value:
                _add(parts, item, protocol)
        case list() | tuple() | set() | frozenset():
            parts.append(b"*%d\r\n" % len(value))
            for item in value:
                _add(parts, item, protocol)
        case Exception():
            parts.append(b"-%b\r\n" % _error(value).encode())
        case _:
            raise TypeError(f"an answer of type {type(value).__name__}")


def _error(error: Exception) -> str:
    text = " ".join(str(error).splitlines())
    if _HAS_A_CODE.match(text):
        return text
    code = next((code for kind, code in _CODES.items() if isinstance(error, kind)), "ERR")
    return f"{code} {text}"
