"""Certifying many mutants, each in a process of its own that may hang, end or be killed."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import platform
import signal
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

from memcert.engine.output.files import write_text
from memcert.repository.mutation import certifying
from memcert.repository.mutation.mutation import Mutation
from memcert.repository.mutation.overlay import has_own_message
from memcert.repository.mutation.sources import Source, path_of
from memcert.repository.mutation.worker import BEGUN, RESULT, Fate, MutationTrial, Result, work

SECONDS = 480.0
"""How long the certification of one mutant may take; that of what is unchanged takes a quarter."""

_PRELOADED = "memcert.repository.mutation.preloaded"


class Unfit(Exception):
    """What is unchanged cannot be certified here, so that nothing can be said of its mutants."""


class Trials:
    """Certifies mutants, and remembers what became of those that are as they were.

    Args:
        cache: the folder of what was found before; None to remember nothing.
        jobs: how many are certified at the same time.
        seconds: how long one may take.
        rules: the ids of the only rules that are checked; none for all of the level.
    """

    def __init__(
        self,
        cache: Path | None,
        jobs: int,
        seconds: float = SECONDS,
        rules: tuple[str, ...] = (),
    ) -> None:
        self._cache = cache
        self._jobs = jobs
        self._seconds = seconds
        self._rules = rules
        self._context = multiprocessing.get_context("forkserver")
        # Importing takes a second; a process that is forked has done so already.
        self._context.set_forkserver_preload([_PRELOADED])
        self._kit = _digest_of_kit()
        self._running: set[int] = set()
        self._given_up = False

    def unchanged(self, source: Source) -> tuple[str, ...]:
        """Return the rules that what is unchanged does not support.

        Args:
            source: what there are mutants of.

        Raises:
            Unfit: it fails a rule, or cannot be certified here; one line says which.
        """
        # Mutants of the message's module are opened in a way of their own.
        ways = {has_own_message(file): file for file in source.files}
        supported = [self._unchanged(source, file) for file in ways.values()]
        return tuple(sorted({rule for each in supported for rule in each}))

    def _unchanged(self, source: Source, file: str) -> tuple[str, ...]:
        text = path_of(file).read_text(encoding="utf-8")
        result = self._known(MutationTrial(source.name, file, text, None, self._rules))
        if result.fate is not Fate.SURVIVED:
            which = result.rule or result.fate.value
            raise Unfit(
                f"{source.text}, unchanged, does not pass ({which}: {result.shown}): without that,"
                " nothing can be said of its mutants"
            )
        return result.unsupported

    def run(
        self, mutations: Iterable[Mutation], unsupported: dict[str, tuple[str, ...]]
    ) -> Iterator[tuple[Mutation, Result]]:
        """Yield what becomes of mutants, in their order.

        Args:
            mutations: the mutants.
            unsupported: the rules that what is unchanged does not support, by source.
        """

        def tried(mutation: Mutation) -> tuple[Mutation, Result]:
            key = mutation.key
            known = unsupported[mutation.source]
            trial = MutationTrial(mutation.source, key.file, mutation.text, known, self._rules)
            return mutation, self._known(trial)

        with ThreadPoolExecutor(self._jobs) as pool:
            try:
                yield from pool.map(tried, mutations)
            except BaseException:
                # Those that run would be waited for, and what is said of one that is killed is no
                # news of the mutant.
                self._given_up = True
                pool.shutdown(wait=False, cancel_futures=True)
                for number in tuple(self._running):
                    _kill_group(number)
                raise

    def _known(self, trial: MutationTrial) -> Result:
        place = None if self._cache is None else self._cache / f"{self._key(trial)}.json"
        if place is not None:
            with suppress(OSError, ValueError):
                return Result.from_json(place.read_text(encoding="utf-8"))
        result = self._certified(trial)
        # What is unchanged and does not pass may do so once the machine is as it should be.
        lasts = trial.unsupported is not None or result.fate is Fate.SURVIVED
        if place is not None and lasts and not self._given_up:
            write_text(place, _json(result))
        return result

    def _key(self, trial: MutationTrial) -> str:
        parts = (self._kit, str(self._seconds), trial.source, trial.file, trial.text)
        unsupported = "any" if trial.unsupported is None else " ".join(trial.unsupported)
        return hashlib.sha256("\0".join((*parts, unsupported, *trial.rules)).encode()).hexdigest()

    def _certified(self, trial: MutationTrial) -> Result:
        with tempfile.TemporaryDirectory(
            prefix="memcert-mutant-", ignore_cleanup_errors=True
        ) as name:
            folder = Path(name)
            # The programs of a database do not run as root, and find their own folder in it.
            folder.chmod(0o711)
            process = self._context.Process(target=work, args=(folder, trial))
            process.start()
            assert process.pid is not None
            self._running.add(process.pid)
            if self._given_up:
                # While it was being started, so that it was not among those that were killed.
                _kill_group(process.pid)
            process.join(self._seconds)
            ended = process.exitcode is not None
            _kill_group(process.pid)
            process.join()
            self._running.discard(process.pid)
            with suppress(OSError, ValueError):
                return Result.from_json((folder / RESULT).read_text(encoding="utf-8"))
            if not (folder / BEGUN).exists():
                raise Unfit(f"the process of a mutant did not begin: it {_said(process.exitcode)}")
            if ended:
                return Result(Fate.CRASH, shown=f"the process {_said(process.exitcode)}")
            return Result(Fate.TIME, shown=f"it had not ended after {self._seconds:g} s")


def _kill_group(number: int) -> None:
    """Kill a process and all that it started."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(number, signal.SIGKILL)
    # It may not have made its group yet.
    with suppress(ProcessLookupError):
        os.kill(number, signal.SIGKILL)


def _said(exitcode: int | None) -> str:
    return f"ended with {exitcode}"


def _json(result: Result) -> str:
    return json.dumps(result.to_json(), ensure_ascii=False) + "\n"


def _digest_of_kit() -> str:
    """Return a digest of whatever a certification depends on, but for the mutants themselves."""
    digest = hashlib.sha256()
    for part in (platform.python_version(), version("hypothesis"), certifying.EFFORT.value):
        digest.update(part.encode())
    for package in ("memcert_reference", "memcert_backends", "memcert"):
        (folder,) = import_module(package).__path__
        for path in sorted(Path(folder).rglob("*")):
            within = path.relative_to(folder)
            if path.suffix in {".py", ".lua", ".json"} and "repository" not in within.parts:
                digest.update(f"{package}/{within}\0".encode() + path.read_bytes())
    return digest.hexdigest()
