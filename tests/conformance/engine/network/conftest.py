"""Networks, clients of them, and a server that notes what each connection sent."""

from __future__ import annotations

import gc
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from memcert.engine.network import Address, Network

SECONDS = 10.0


class Client(socket.socket):
    """A client that says how its connection ended."""

    def __init__(self, address: Address) -> None:
        super().__init__()
        try:
            self.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.settimeout(SECONDS)
            self.connect(address)
        except BaseException:
            self.close()
            raise

    def ask(self, data: bytes) -> bytes:
        self.sendall(data)
        return self.read(len(data))

    def read(self, size: int) -> bytes:
        data = bytearray()
        while len(data) < size and (more := self.recv(size - len(data))):
            data += more
        return bytes(data)

    def outcome(self) -> tuple[bytes, str]:
        """Read all there is, and return it with how it ended."""
        data = bytearray()
        try:
            while more := self.recv(2**18):
                data += more
        except OSError as error:
            return bytes(data), type(error).__name__
        return bytes(data), "end"


class Recorder:
    """A server that notes what each connection sent and how it ended.

    Args:
        serve: what it does with what it has read; it sends it back if nothing is given.
    """

    def __init__(self, serve: Callable[[socket.socket, bytes], None]) -> None:
        self.received: list[bytes] = []
        self.ends: list[str] = []
        self.sockets: list[socket.socket] = []
        self.may_read = threading.Event()
        self.may_read.set()
        self._answer = serve
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.address: Address = self._listener.getsockname()
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def close(self) -> None:
        self.may_read.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._threads.pop(0).join(SECONDS)
        self._listener.close()
        for each in self.sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(SECONDS)
            assert not thread.is_alive()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self.sockets.append(client)
                self.received.append(b"")
                self.ends.append("")
                thread = threading.Thread(target=self._serve, args=(client, len(self.ends) - 1))
                self._threads.append(thread)
                thread.start()

    def _serve(self, client: socket.socket, number: int) -> None:
        end = "end"
        with client:
            try:
                while self.may_read.wait() and (data := client.recv(2**18)):
                    self.received[number] += data
                    self._answer(client, data)
            except OSError as error:
                end = type(error).__name__
        self.ends[number] = end


@pytest.fixture(autouse=True)
def _nothing_left(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """No thread and no socket outlives its network, and its loop has nothing to complain of."""

    def files() -> int:
        return len(list(Path("/proc/self/fd").iterdir())) if sys.platform == "linux" else 0

    gc.collect()
    before = files()
    yield
    assert not [each for each in threading.enumerate() if each.name == "network"]
    assert not [each for each in caplog.records if each.name == "asyncio"]
    # Not left to the garbage collector either.
    assert files() <= before


@pytest.fixture
def record() -> Iterator[Callable[..., Recorder]]:
    """Return a function that starts a server."""
    with ExitStack() as stack:

        def record(
            serve: Callable[[socket.socket, bytes], None] = socket.socket.sendall,
        ) -> Recorder:
            recorder = Recorder(serve)
            stack.callback(recorder.close)
            return recorder

        yield record


@pytest.fixture
def recorder(record: Callable[..., Recorder]) -> Recorder:
    """A server that sends back what it gets."""
    return record()


@pytest.fixture
def network(recorder: Recorder) -> Iterator[Network]:
    """A network before that server."""
    with Network([recorder.address]) as network:
        yield network


@pytest.fixture
def connect(network: Network) -> Iterator[Callable[..., Client]]:
    """Return a function that connects a client, to that network if nothing else is given."""
    with ExitStack() as stack:

        def connect(address: Address = network.addresses[0]) -> Client:
            return stack.enter_context(Client(address))

        yield connect


@pytest.fixture
def eventually() -> Callable[[Callable[[], object]], None]:
    """Return a function that waits until something is true."""

    def eventually(true: Callable[[], object]) -> None:
        deadline = time.monotonic() + SECONDS
        while not true():
            assert time.monotonic() < deadline
            time.sleep(0.001)

    return eventually
