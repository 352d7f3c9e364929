"""A network that is not cut passes everything on, its ends included."""

from __future__ import annotations

import random
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from memcert.engine.network import Network, Traffic
from memcert.engine.network.sockets import reset

Make = Callable[..., Any]

LARGE = 12 * 2**20


@pytest.mark.parametrize("latency", [0.0, 0.005])
def test_large_data_both_ways_at_once(network: Network, connect: Make, latency: float) -> None:
    network.latency = latency
    data = random.Random(1).randbytes(LARGE)
    client = connect()
    client.settimeout(60)  # for all of it
    sender = threading.Thread(target=client.sendall, args=(data,))
    sender.start()
    assert client.read(LARGE) == data
    sender.join()
    assert network.traffic().bytes_to_client == LARGE


@pytest.mark.parametrize("latency", [0.0, 60.0])
def test_a_slow_server_slows_the_client_down(
    network: Network, connect: Make, recorder: Any, latency: float
) -> None:
    network.latency = latency
    recorder.may_read.clear()
    client = connect()
    client.settimeout(0.3)
    sent = 0
    with suppress(TimeoutError):
        while sent < 2**28:
            sent += client.send(bytes(2**20))
    # What the kernel keeps for the sockets, and not much more.
    assert sent < 2**26


def test_a_slow_client_slows_the_server_down(record: Make, connect: Make, eventually: Make) -> None:
    endless = record(lambda client, _: client.sendall(bytes(2**28)))
    with Network([endless.address]) as network, connect(network.addresses[0]) as client:
        client.sendall(b"go")
        eventually(lambda: network.traffic().bytes_to_client)
        time.sleep(0.3)
        assert network.traffic().bytes_to_client < 2**26


def test_half_close(connect: Make) -> None:
    def serve(listener: socket.socket) -> None:
        server, _ = listener.accept()
        with server:
            data = b""
            while more := server.recv(100):
                data += more
            server.sendall(data[::-1])

    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        Network([listener.getsockname()]) as network,
        connect(network.addresses[0]) as client,
    ):
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        client.sendall(b"abc")
        client.shutdown(socket.SHUT_WR)
        assert client.outcome() == (b"cba", "end")
        thread.join()


def test_the_server_sees_how_a_client_goes(connect: Make, recorder: Any, eventually: Make) -> None:
    with connect() as client:
        client.ask(b"x")
    eventually(lambda: recorder.ends == ["end"])
    client = connect()
    client.ask(b"y")
    reset(client)
    eventually(lambda: recorder.ends == ["end", "ConnectionResetError"])


def test_the_client_sees_how_a_server_goes(record: Make, connect: Make) -> None:
    def serve(client: socket.socket, data: bytes) -> None:
        if data == b"reset":
            reset(client)
        client.close()

    recorder = record(serve)
    with Network([recorder.address]) as network:
        for data, end in ((b"end", "end"), (b"reset", "ConnectionResetError")):
            with connect(network.addresses[0]) as client:
                client.sendall(data)
                assert client.outcome() == (b"", end)


def test_a_request_in_two_writes_does_not_wait(record: Make, connect: Make) -> None:
    """Nagle's algorithm would make most of them wait for 40 ms."""
    recorder = record(lambda client, data: client.sendall(b"c") if b"c" in data else None)
    seconds = []
    with Network([recorder.address]) as network, connect(network.addresses[0]) as client:
        for _ in range(200):
            client.sendall(b"ab")
            time.sleep(0.001)
            started = time.monotonic()
            assert client.ask(b"c") == b"c"
            seconds.append(time.monotonic() - started)
    assert statistics.median(seconds) < 0.03


def test_what_a_server_says_before_it_goes_is_read(connect: Make) -> None:
    """As PostgreSQL does with too many clients: it answers what it has not read."""

    def serve(listener: socket.socket) -> None:
        for _ in range(100):
            server, _ = listener.accept()
            server.sendall(b"too many clients")
            server.close()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        with Network([listener.getsockname()]) as network:
            for number in range(100):
                with connect(network.addresses[0]) as client:
                    if number % 2:
                        with suppress(ConnectionError):
                            client.sendall(b"login")
                    assert client.outcome()[0] == b"too many clients"
        thread.join()


def test_what_a_server_said_is_read_when_it_takes_no_more(connect: Make) -> None:
    def serve(listener: socket.socket) -> None:
        server, _ = listener.accept()
        time.sleep(0.3)
        server.sendall(b"goodbye")
        server.close()

    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        Network([listener.getsockname()]) as network,
    ):
        network.latency = 1.0
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        client = connect(network.addresses[0])
        # They reach a server that is gone, while what it said is still on its way.
        for _ in range(4):
            client.sendall(b"more")
            time.sleep(0.1)
        assert client.outcome() == (b"goodbye", "ConnectionResetError")
        thread.join()


def test_a_server_that_refuses(connect: Make) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        with Network([nobody.getsockname()]) as network:
            for _ in range(50):
                # The reset may come while the client still waits to be connected.
                with suppress(ConnectionResetError), connect(network.addresses[0]) as client:
                    assert client.outcome() == (b"", "ConnectionResetError")
            assert network.traffic().connections == 50


def test_a_name_that_is_unknown() -> None:
    with pytest.raises(socket.gaierror), Network([("no.such.host.invalid", 1)]):
        pytest.fail("it was opened")


def test_a_name_with_several_addresses(
    recorder: Any, connect: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", address)
        for address in (("127.0.0.1", 1), recorder.address)
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with Network([("store", 1)]) as network, connect(network.addresses[0]) as client:
        assert client.ask(b"x") == b"x"


def test_many_connections_at_once(network: Network, connect: Make) -> None:
    clients = [connect() for _ in range(150)]
    for number, client in enumerate(clients):
        client.sendall(b"%03d" % number)
    for number, client in enumerate(clients):
        assert client.read(3) == b"%03d" % number
    assert network.traffic() == Traffic(150, 150, 150, 450, 450, 150)


def test_another_process(network: Network, recorder: Any, eventually: Make) -> None:
    script = (
        "import socket, sys\n"
        "with socket.create_connection(('127.0.0.1', int(sys.argv[1]))) as client:\n"
        "    client.sendall(b'hello')"
    )
    subprocess.run([sys.executable, "-c", script, str(network.addresses[0][1])], check=True)
    eventually(lambda: recorder.received == [b"hello"])
