"""Another process that checks rules of the same run, on a store of its own.

Both ends are of one installation, so that what they say to each other is pickled.
"""

from __future__ import annotations

import logging
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path

from hypothesis.configuration import set_hypothesis_home_dir

from memcert.engine.capabilities import Capabilities
from memcert.engine.causes.cause import Cause, KnownCauses
from memcert.engine.clients.loop_watch import may_end_process
from memcert.engine.contract import Contract
from memcert.engine.interrupts import kept_interrupts, was_interrupted
from memcert.engine.running.runner import Runner
from memcert.engine.search.plan import Plan
from memcert.engine.verdicts.check import Check, check_rule
from memcert.engine.verdicts.saved_failures import SavedFailures
from memcert_backends.backend import Backend

SECONDS_TO_END = 5.0
"""How long it may take to stop its store at the end, in seconds."""

# With `-m`, what is pickled there would be of a module `__main__`. As long as there is nothing to
# stop, an interrupt ends it without a word.
_MAIN = (
    "import signal; signal.signal(signal.SIGINT, signal.SIG_DFL);"
    f" from {__name__} import main; main()"
)


class RuleProcessEnded(Exception):
    """The process ended before it answered."""


@dataclass(frozen=True)
class Task:
    """What the process is for.

    Args:
        contract: the module of the contract.
        backend: the backend's specification.
        resolver: what finds the backend by it.
        server: how its store is started; None for the backend's own way.
        capabilities: what it can do.
        plan: what is asked.
        until: when the run must end, as of `time.perf_counter`, which is the system's.
        failures: the folder of the programs that failed before; None keeps nothing.
        patience: the longest that an operation may take, in seconds.
    """

    contract: str
    backend: str
    resolver: str
    server: str | None
    capabilities: Capabilities
    plan: Plan
    until: float
    failures: Path | None
    patience: float


@dataclass(frozen=True)
class CheckedRule:
    """What came of checking one rule.

    Args:
        check: what was found.
        complaints: what could not be removed, a line each.
    """

    check: Check
    complaints: tuple[str, ...]


class RuleProcess:
    """Another process that checks rules.

    Args:
        task: what it is for.
    """

    def __init__(self, task: Task) -> None:
        ours, theirs = socket.socketpair()
        # The working directory is on the path of the other process, as it is on a script's.
        path = os.pathsep.join(entry or str(Path.cwd()) for entry in sys.path)
        with theirs:
            self._process = subprocess.Popen(
                # Not the working folder before all else, unless it is so in this process.
                [sys.executable, "-P", "-c", _MAIN, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env=os.environ | {"PYTHONPATH": path},
                # An interrupt from the terminal is for this process, which ends the other.
                start_new_session=True,
            )
        self._line = Connection(ours.detach())
        self._line.send(task)
        self._told: set[str] = set()

    def check(self, rule: str, causes: Iterable[Cause], tell: Callable[[str], None]) -> CheckedRule:
        """Have a rule checked.

        Args:
            rule: its id.
            causes: the causes that are known by now.
            tell: is told what is done for it, in a word or two.

        Raises:
            RuleProcessEnded: the process has ended.
        """
        try:
            new = {cause.form.key: cause for cause in causes if cause.form.key not in self._told}
            self._told |= new.keys()
            self._line.send((rule, tuple(new.values())))
            while isinstance(answer := self._line.recv(), str):
                tell(answer)
        except (EOFError, OSError):
            raise RuleProcessEnded from None
        assert isinstance(answer, CheckedRule)
        return answer

    def close(self) -> None:
        """Have it stop its store, and end."""
        with suppress(OSError):
            self._line.send(None)
        self._end()

    def interrupt(self) -> None:
        """Have it leave what it is at, stop its store, and end."""
        self._process.send_signal(signal.SIGINT)
        self._end()

    def _end(self) -> None:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(SECONDS_TO_END)
        # Its servers have guards that see it.
        self._process.kill()
        self._process.wait()
        self._line.close()


def main() -> None:
    """Check the rules that are asked for, until nobody asks any more."""
    # What a driver logs of connections that the kit cuts is no news; see the command line.
    logging.getLogger().addHandler(logging.NullHandler())
    may_end_process(lambda status, _: os._exit(status))
    descriptor = int(sys.argv[1])
    threading.Thread(target=_end_with, args=(descriptor,), daemon=True).start()
    try:
        with kept_interrupts():
            signal.signal(signal.SIGINT, signal.default_int_handler)
            _serve(Connection(descriptor))
    except BaseException as error:
        if not (isinstance(error, EOFError | BrokenPipeError) or was_interrupted(error)):
            traceback.print_exc()
            os._exit(1)
    # Without what threads and exit handlers of a broken backend may wait for.
    os._exit(0)


def _serve(line: Connection) -> None:
    task: Task = line.recv()
    if task.failures is not None:
        set_hypothesis_home_dir(task.failures.absolute() / "hypothesis")
    contract: Contract = import_module(task.contract).CONTRACT
    module, _, name = task.resolver.partition(":")
    backend: Backend = getattr(import_module(module), name)(task.backend)
    corpus = SavedFailures(task.failures, backend.name, contract)
    known = KnownCauses(contract.grammar, contract.observations)
    deviations = {deviation.rule: deviation for deviation in task.plan.deviations}
    with Runner(contract, backend, task.server) as runner:
        runner.grant(task.capabilities)
        runner.be_impatient(task.patience)
        while (rule := line.recv()) is not None:
            name, causes = rule
            for cause in causes:
                known.add(cause)
            check = check_rule(
                contract.by_id[name],
                runner,
                corpus,
                task.plan,
                task.until,
                task.capabilities,
                deviations.get(name),
                known,
                line.send,
            )
            for cause in check.causes:
                known.add(cause)
            line.send(CheckedRule(check, tuple(corpus.complaints)))
            corpus.complaints.clear()


def _end_with(descriptor: int) -> None:
    """End this process once nobody is at the other end, whatever it is doing."""
    waiting = select.poll()
    # Asked for nothing: that the other end is closed is told all the same.
    waiting.register(descriptor, 0)
    waiting.poll()
    os._exit(1)
