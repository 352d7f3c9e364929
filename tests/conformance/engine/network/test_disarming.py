"""What is done at the moment of a cut, and cuts that are called off."""

from __future__ import annotations

import random
import select
import socket
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from memcert.engine.network import Cut, Network, Traffic

Make = Callable[..., Any]

RESET = "ConnectionResetError"
LARGE = 12 * 2**20


@pytest.mark.parametrize("delivered", [False, True])
@pytest.mark.parametrize("to_server", [False, True])
def test_on_cut_runs_before_anybody_sees_the_cut(
    network: Network,
    connect: Make,
    recorder: Any,
    eventually: Make,
    to_server: bool,
    delivered: bool,
) -> None:
    client, other = connect(), connect()
    client.ask(b"before ")
    other.ask(b"before ")
    seen: list[object] = []

    def peek(one: socket.socket) -> object:
        if not select.select([one], [], [], 0)[0]:
            return "open"
        if sys.platform == "linux":
            established = 1
            assert one.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == established
        return one.recv(100, socket.MSG_PEEK)

    def on_cut() -> None:
        # Time for everybody to see, and to go on: nothing passes any more.
        if to_server and delivered:
            eventually(lambda: recorder.received[0] == b"before x")
        time.sleep(0.1)
        seen.extend([threading.current_thread().name, peek(client), peek(other)])
        seen.extend([recorder.received[0], *recorder.ends])

    network.arm(Cut(0, to_server, delivered, everywhere=True), on_cut)
    client.sendall(b"x")
    replied = delivered and not to_server
    eventually(lambda: seen)
    assert network.disarm()
    assert seen == [
        "network",
        b"x" if replied else "open",
        "open",
        b"before " if to_server and not delivered else b"before x",
        "",
        "",
    ]
    assert client.outcome() == ((b"x", "end") if replied else (b"", RESET))
    assert other.outcome() == (b"", RESET)


def test_on_cut_may_use_the_network(network: Network, connect: Make) -> None:
    seen: list[Traffic] = []

    def on_cut() -> None:
        seen.append(network.traffic())
        network.refuse()

    client = connect()
    network.arm(Cut(0, to_server=False, delivered=True), on_cut)
    client.sendall(b"x")
    assert client.outcome() == (b"x", "end")
    with pytest.raises(ConnectionRefusedError):
        connect()
    assert [each.round_trips for each in seen] == [1]


def test_what_on_cut_raises_is_raised_by_disarm(network: Network, connect: Make) -> None:
    def on_cut() -> None:
        raise LookupError("no server to kill")

    network.arm(Cut(0, to_server=True, delivered=False), on_cut)
    client = connect()
    client.sendall(b"x")
    assert client.outcome() == (b"", RESET)
    with pytest.raises(LookupError, match="no server to kill"):
        network.disarm()


@pytest.mark.parametrize("delivered", [False, True])
@pytest.mark.parametrize("to_server", [False, True])
def test_no_cut_happens_after_disarm(
    network: Network, connect: Make, eventually: Make, to_server: bool, delivered: bool
) -> None:
    chance = random.Random(3)
    for number in range(200):
        cuts: list[int] = []
        with connect() as client:
            client.ask(b"first")
            network.arm(Cut(0, to_server, delivered), partial(cuts.append, 1))
            client.sendall(b"second")
            if number == 0:
                eventually(partial(bool, cuts))
            elif number % 3:  # it takes a tenth of that for a packet to pass
                time.sleep(chance.random() * 0.001)
            happened = network.disarm()
            assert happened == bool(cuts)
            if happened:
                replied = delivered and not to_server
                assert client.outcome() == ((b"second", "end") if replied else (b"", RESET))
            else:
                assert client.read(6) == b"second"
                assert client.ask(b"third") == b"third"
            assert happened == bool(cuts)
            assert happened == network.disarm()


@pytest.mark.parametrize("delivered", [False, True])
def test_disarmed_while_the_cut_waits(
    network: Network, connect: Make, recorder: Any, eventually: Make, delivered: bool
) -> None:
    """What comes before the cut cannot arrive, because the server does not read."""
    data = random.Random(4).randbytes(LARGE)
    recorder.may_read.clear()
    client = connect()
    client.settimeout(60)  # for all of it
    network.arm(Cut(20, to_server=True, delivered=delivered))
    sender = threading.Thread(target=client.sendall, args=(data,))
    sender.start()
    eventually(lambda: network.traffic().packets_to_server == 21)
    time.sleep(0.05)
    assert not network.disarm()
    recorder.may_read.set()
    assert client.read(LARGE) == data
    sender.join()
    assert network.traffic().packets_to_server > 21
    assert recorder.ends == [""]
