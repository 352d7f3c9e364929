"""What a network counts, and how it slows packets down."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from typing import Any

from memcert.engine.network import Network, Traffic

Make = Callable[..., Any]


def test_nothing_has_passed(network: Network) -> None:
    assert network.traffic() == Traffic(0, 0, 0, 0, 0, 0)


def test_counts_are_exact(network: Network, connect: Make) -> None:
    one, two = connect(), connect()
    for size in range(1, 11):
        one.ask(b"x" * size)
    two.ask(b"y" * 1000)
    assert network.traffic() == Traffic(2, 11, 11, 1055, 1055, 11)


def test_a_round_trip_is_a_change_of_direction(
    record: Make, connect: Make, eventually: Make
) -> None:
    def serve(client: socket.socket, data: bytes) -> None:
        if data != b"more":
            client.sendall(b"yes")

    recorder = record(serve)
    with Network([recorder.address]) as network, connect(network.addresses[0]) as client:
        # Two requests and one answer; then another packet, for which nobody asked.
        client.sendall(b"more")
        eventually(lambda: recorder.received == [b"more"])
        client.sendall(b"now")
        assert client.read(3) == b"yes"
        recorder.sockets[0].sendall(b"and")
        assert client.read(3) == b"and"
        assert network.traffic() == Traffic(1, 2, 2, 7, 6, 1)


def test_round_trips_are_of_each_connection(network: Network, connect: Make, recorder: Any) -> None:
    one, two = connect(), connect()
    one.ask(b"a")
    two.ask(b"b")
    for client, server in zip((one, two), recorder.sockets, strict=True):
        server.sendall(b"pushed")
        assert client.read(6) == b"pushed"
    traffic = network.traffic()
    assert (traffic.round_trips, traffic.packets_to_client) == (2, 4)


def test_several_targets_share_the_counts(record: Make, connect: Make) -> None:
    first, second = record(), record()
    with Network([first.address, second.address]) as network:
        assert len(set(network.addresses)) == 2
        for address, data in zip(network.addresses, (b"first", b"second"), strict=True):
            with connect(address) as client:
                assert client.ask(data) == data
        assert network.traffic() == Traffic(2, 2, 2, 11, 11, 2)
    assert (first.received, second.received) == ([b"first"], [b"second"])


def test_each_packet_is_late_in_each_direction(network: Network, connect: Make) -> None:
    client = connect()
    client.ask(b"x")
    network.latency = 0.05
    started = time.monotonic()
    client.ask(b"y")
    assert time.monotonic() - started >= 0.1
    network.latency = 10
    network.latency = 0
    assert client.ask(b"z") == b"z"
    assert time.monotonic() - started < 5


def test_packets_are_late_together(network: Network, connect: Make) -> None:
    network.latency = 0.2
    client = connect()
    started = time.monotonic()
    numbers = [b"%02d" % number for number in range(20)]
    for number in numbers:
        client.sendall(number)
        time.sleep(0.001)
    assert client.read(40) == b"".join(numbers)
    assert 0.4 <= time.monotonic() - started < 8  # 20 times 0.4


def test_the_order_is_kept_when_the_latency_falls(
    network: Network, connect: Make, recorder: Any
) -> None:
    client = connect()
    sent = b""
    for latency in (0.2, 0.1, 0.0, 0.05, 0.0):
        network.latency = latency
        client.sendall(b"%.2f " % latency)
        sent += b"%.2f " % latency
        time.sleep(0.01)
    client.shutdown(socket.SHUT_WR)
    assert client.outcome() == (sent, "end")
    assert recorder.received == [sent]
