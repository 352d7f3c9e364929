"""Networks that refuse connections, and that are closed."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from memcert.engine.network import Address, Cut, Network

Make = Callable[..., Any]

RESET = "ConnectionResetError"


def test_refused_and_accepted_again(network: Network, connect: Make) -> None:
    addresses = network.addresses
    for _ in range(3):
        client = connect()
        client.ask(b"x")
        network.refuse()
        assert client.outcome() == (b"", RESET)
        network.refuse()
        for _ in range(5):
            with pytest.raises(ConnectionRefusedError):
                connect()
        network.accept()
        network.accept()
        assert network.addresses == addresses
        assert connect().ask(b"y") == b"y"


def test_nobody_takes_the_port_meanwhile(network: Network) -> None:
    network.refuse()
    with socket.socket() as thief, pytest.raises(OSError, match="in use"):
        thief.bind(network.addresses[0])
    network.accept()


def test_closing_under_load(recorder: Any, connect: Make, eventually: Make) -> None:
    stop = threading.Event()
    answers: list[int] = []

    def load(address: Address) -> None:
        while not stop.is_set():
            with suppress(OSError), connect(address) as client:
                while client.ask(bytes(50_000)):
                    answers.append(1)

    with Network([recorder.address]) as network:
        network.latency = 0.0005
        threads = [threading.Thread(target=load, args=network.addresses) for _ in range(8)]
        for thread in threads:
            thread.start()
        network.arm(Cut(40, to_server=True, delivered=True, everywhere=True))
        eventually(lambda: len(answers) > 200)
    stop.set()
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()
    with pytest.raises(ConnectionRefusedError):
        connect(network.addresses[0])
    with pytest.raises(RuntimeError, match="closed"):
        network.traffic()


def test_closing_with_everything_half_done(recorder: Any, connect: Make) -> None:
    with Network([recorder.address]) as network:
        (address,) = network.addresses
        recorder.may_read.clear()
        # Cut, and not read by the server.
        cut = connect(address)
        network.arm(Cut(0, to_server=True, delivered=True))
        cut.sendall(b"x")
        assert cut.outcome() == (b"", RESET)
        # Full in one direction; then a cut that waits.
        clients = [connect(address) for _ in range(3)]
        for client in clients:
            client.settimeout(0.1)
            with pytest.raises(TimeoutError):
                client.sendall(bytes(2**26))
        network.arm(Cut(0, to_server=True, delivered=False))
        # Late for a minute.
        network.latency = 60
        clients.append(connect(address))
        clients[-1].sendall(b"late")
        assert not network.settled(0.02)
    for client in clients:
        assert client.outcome() == (b"", RESET)


def test_an_error_inside_closes_it(recorder: Any, connect: Make) -> None:
    opened = Network([recorder.address])
    with pytest.raises(LookupError), opened:
        raise LookupError
    with pytest.raises(ConnectionRefusedError):
        connect(opened.addresses[0])
