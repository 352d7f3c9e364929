"""What makes faults happen: to the store of one program, and on the way to it."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from functools import partial

from memcert.engine.network import Cut, Network
from memcert.engine.programs.fault import CrashServer, CutConnection
from memcert.engine.programs.fault_operation import (
    Accept,
    CutAll,
    Drip,
    FallSilent,
    FaultOperation,
    KillServer,
    Refuse,
    RestartServer,
    Speak,
)
from memcert.engine.programs.program import Program
from memcert.engine.running import time_limits
from memcert.engine.running.environment import Deployment
from memcert.engine.running.held_answers import HeldAnswers
from memcert.engine.running.subject import Subject
from memcert_backends.servers import KillableServer, Server


class Nemesis:
    """The store of one program, the way to it, and which clients have reason to raise an error.

    Args:
        program: what is done.
        subject: what is judged, and by what.
    """

    def __init__(self, program: Program, subject: Subject) -> None:
        self._program = program
        self._subject = subject
        self._deployment = Deployment(None)
        # Clients whose idle connections were cut: one of their operations may find that out.
        self._shaken: set[int] = set()
        self._unreachable = False

    @property
    def _network(self) -> Network:
        assert self._deployment.network is not None
        return self._deployment.network

    @property
    def _killable(self) -> KillableServer:
        assert self._deployment.killable is not None
        return self._deployment.killable

    def enter(self, stack: AsyncExitStack) -> Server | None:
        """Choose a store that the program can run on, and return it.

        Args:
            stack: takes what ends with the run.

        Raises:
            ServerUnavailable: it cannot be set up; one line says why.
        """
        subject, program = self._subject, self._program
        if program.crashes:
            self._deployment = subject.environment.crashing()
        elif program.networked:
            self._deployment = subject.environment.networked()
        else:
            server = subject.server
            if program.fresh_store and server is not None and server.fresh is not None:
                server = stack.enter_context(server.fresh())
            self._deployment = Deployment(server)
        return self._deployment.server

    async def happen(self, fault: FaultOperation) -> None:
        """Have a fault happen between operations.

        Args:
            fault: which, unless it is one of a client's process.
        """
        match fault:
            case CutAll():
                await asyncio.to_thread(self._network.cut_all)
            case Refuse():
                await asyncio.to_thread(self._network.refuse)
                self._unreachable = True
            case FallSilent(hears):
                await asyncio.to_thread(partial(self._network.be_silent, hears=hears))
                self._unreachable = True
            case Drip():
                await asyncio.to_thread(self._network.drip, True)
                # Nobody has reason to complain of that.
                return
            case KillServer():
                await asyncio.to_thread(self._killable.kill)
                self._unreachable = True
            case Accept() | RestartServer() | Speak():
                await self.recover()
        self._shake_all()

    async def recover(self) -> None:
        """See to it that the server runs and can be reached."""
        if self._deployment.killable is not None:
            await asyncio.to_thread(self._deployment.killable.restart)
        if self._deployment.network is not None and self._unreachable:
            await asyncio.to_thread(self._deployment.network.accept)
            await asyncio.to_thread(self._deployment.network.speak)
        self._unreachable = False

    async def tidy_up(self) -> None:
        """See to it that the next program finds the store, and the way to it, as they should be."""
        await self.recover()
        if self._deployment.network is not None:
            await asyncio.to_thread(self._deployment.network.drip, False)

    def arm(self, fault: CutConnection | CrashServer) -> None:
        """Have a fault happen to the operation that comes now.

        Args:
            fault: what.
        """
        crash = isinstance(fault, CrashServer)
        everywhere = isinstance(fault, CutConnection) and fault.everywhere
        cut = Cut(fault.packet, fault.to_server, fault.delivered, everywhere)
        self._network.arm(cut, self._killable.kill if crash else None)

    def held_answers(self) -> HeldAnswers:
        """Return what holds answers back until another task of the event loop has gone on."""
        return HeldAnswers(self._network)

    async def disarm(self) -> bool:
        """Have no fault happen any more, and tell whether one did.

        Returns:
            Whether what was armed has happened.
        """
        return await asyncio.to_thread(self._network.disarm)

    async def settle(self, fault: CutConnection | CrashServer) -> None:
        """Wait until a fault is over.

        Args:
            fault: what.
        """
        if isinstance(fault, CrashServer):
            await self.recover()
        elif fault.to_server and fault.delivered:
            # The server may still be at it; what it did is best seen when it has done it.
            await asyncio.to_thread(self._network.settled, time_limits.SOON_SECONDS)

    def shake(self, fault: CutConnection | CrashServer, client: int, *, noticed: bool) -> None:
        """Note whose idle connections were cut by a fault.

        Args:
            fault: what.
            client: whose operation it was.
            noticed: whether the operation raised an error.
        """
        if isinstance(fault, CrashServer) or fault.everywhere or self._program.pool:
            self._shake_all()
        elif not noticed:
            # It had its answer; the next operation finds the connection cut.
            self._shaken.add(client)

    def excuse(self, client: int) -> bool:
        """Tell whether an operation has reason to raise an error, and take it for found out.

        Args:
            client: whose operation raises one.
        """
        excused = self._unreachable or client in self._shaken
        self._shaken.discard(client)
        return excused

    @property
    def shaken(self) -> bool:
        """Whether there may still be a cut connection that nobody has found out."""
        return bool(self._shaken)

    def _shake_all(self) -> None:
        self._shaken.update(range(len(self._program.clients)))
