"""A network that lets nothing pass for a while, or piece by piece, while connections stay open."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from memcert.engine.network import Network
from memcert.engine.network.pipe import PIECES

Make = Callable[..., Any]

QUIET_SECONDS = 0.1


def test_nothing_passes_in_silence_and_all_of_it_later(
    network: Network, connect: Make, recorder: Any
) -> None:
    client = connect()
    assert client.ask(b"one") == b"one"
    network.be_silent()
    client.sendall(b"two")
    client.settimeout(QUIET_SECONDS)
    with pytest.raises(TimeoutError):
        client.recv(1)
    assert recorder.received == [b"one"]
    client.settimeout(10)
    network.speak()
    assert client.read(3) == b"two"


def test_a_server_that_hears_does_what_it_is_asked(
    network: Network, connect: Make, recorder: Any, eventually: Make
) -> None:
    client = connect()
    network.be_silent(hears=True)
    client.sendall(b"two")
    eventually(lambda: recorder.received == [b"two"])
    client.settimeout(QUIET_SECONDS)
    with pytest.raises(TimeoutError):
        client.recv(1)
    client.settimeout(10)
    network.speak()
    assert client.read(3) == b"two"


def test_connections_are_accepted_in_silence(network: Network, connect: Make) -> None:
    network.be_silent()
    client = connect()
    client.sendall(b"one")
    network.speak()
    assert client.read(3) == b"one"


def test_who_has_gone_meanwhile_is_heard_to_the_end(
    network: Network, connect: Make, recorder: Any, eventually: Make
) -> None:
    client = connect()
    client.sendall(b"one")
    eventually(lambda: recorder.received == [b"one"])
    network.be_silent()
    client.sendall(b"two")
    client.close()
    time.sleep(QUIET_SECONDS)
    assert recorder.received == [b"one"]
    network.speak()
    eventually(lambda: recorder.ends != [""])


def test_what_is_late_stays_where_it_is_in_silence(network: Network, connect: Make) -> None:
    network.latency = 0.02
    client = connect()
    client.sendall(b"one")
    network.be_silent()
    client.settimeout(QUIET_SECONDS)
    with pytest.raises(TimeoutError):
        client.recv(1)
    client.settimeout(10)
    network.speak()
    assert client.read(3) == b"one"


@pytest.mark.parametrize("size", [1, 5, PIECES, 12_345])
def test_what_drips_arrives_whole(network: Network, connect: Make, size: int) -> None:
    client = connect()
    data = bytes(each % 256 for each in range(size))
    network.drip(True)
    client.sendall(data)
    pieces = []
    while sum(map(len, pieces)) < size:
        pieces.append(client.recv(2**20))
    assert b"".join(pieces) == data
    # Now and then two arrive together.
    assert len(pieces) >= min(size, PIECES) // 2
    network.drip(False)
    assert client.ask(data) == data


def test_a_network_is_closed_while_something_drips(network: Network, connect: Make) -> None:
    client = connect()
    network.drip(True)
    client.sendall(bytes(2**16))
    assert client.recv(1)
    network.cut_all()
    assert client.outcome()[1] in {"ConnectionResetError", "end"}
