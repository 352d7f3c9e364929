"""Which errors a memory may raise when its store fails it."""

from __future__ import annotations

import asyncio
import json
import socket
import sqlite3

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from memcert.engine.judging.acceptable_errors import IMPLAUSIBLE, is_plausible
from memcert.engine.programs.outcome import RemoteError


class OwnError(Exception):
    pass


class OwnKeyError(KeyError):
    pass


@pytest.mark.parametrize(
    "error",
    [
        OSError("broken pipe"),
        ConnectionResetError(104, "Connection reset by peer"),
        ConnectionRefusedError("refused"),
        socket.gaierror(-2, "Name or service not known"),
        EOFError("the server closed the connection"),
        TimeoutError(),
        asyncio.IncompleteReadError(b"x", 2),
        RedisConnectionError("Connection closed by server."),
        RedisTimeoutError("Timeout reading from socket"),
        sqlite3.OperationalError("disk I/O error"),
        OperationalError("SELECT 1", None, sqlite3.OperationalError("gone")),
        InterfaceError("SELECT 1", None, sqlite3.InterfaceError("closed")),
        DBAPIError("SELECT 1", None, Exception("gone")),
        RuntimeError("the connection is closed"),
        OwnError("the store cannot be reached"),
        ExceptionGroup("two of them", [OSError("gone")]),
        RemoteError("OperationalError", ["DatabaseError", "Exception"], "gone"),
        RemoteError("TimeoutError", ["OSError", "Exception"], ""),
    ],
    ids=repr,
)
def test_a_driver_may_raise_it(error: BaseException) -> None:
    assert is_plausible(error)


@pytest.mark.parametrize(
    "error",
    [
        AttributeError("'NoneType' object has no attribute 'send'"),
        TypeError("'NoneType' object is not subscriptable"),
        KeyError("id"),
        IndexError("list index out of range"),
        OwnKeyError("x"),
        AssertionError("never"),
        ZeroDivisionError("x"),
        UnboundLocalError("x"),
        UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"),
        RecursionError("too deep"),
        asyncio.CancelledError("x"),
        asyncio.InvalidStateError("invalid state"),
        ModuleNotFoundError("no module"),
        SystemExit(1),
        OSError(),
        RuntimeError(""),
        OwnError("  \n"),
        RemoteError("KeyError", ["LookupError", "Exception"], "id"),
        RemoteError("OwnError", ["KeyError", "LookupError", "Exception"], "id"),
        RemoteError("CancelledError", ["BaseException"], "x"),
        RemoteError("OwnError", ["Exception"], ""),
    ],
    ids=repr,
)
def test_it_says_of_a_bug_or_nothing(error: BaseException) -> None:
    assert not is_plausible(error)


def test_an_error_in_json_is_one_of_values_not_of_the_program() -> None:
    # A torn answer that does not parse: it says what is wrong.
    assert is_plausible(json.JSONDecodeError("Expecting value", "", 0))


@pytest.mark.parametrize("kind", IMPLAUSIBLE, ids=lambda kind: kind.__name__)
def test_another_process_names_them_alike(kind: type[BaseException]) -> None:
    assert not is_plausible(RemoteError(kind.__name__, ["Exception"], "text"))
