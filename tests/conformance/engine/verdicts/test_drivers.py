"""The drivers in a certificate are the backend's own, whatever else this process has imported."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

import pytest

from memcert.engine.contract import Contract
from memcert.engine.running.runner import Runner
from memcert.engine.search.effort import Effort
from memcert.engine.search.plan import Plan
from memcert.engine.verdicts.certification import certify
from memcert.engine.verdicts.drivers import KNOWN, drivers, known_drivers
from memcert.engine.verdicts.imports import reachable_from
from memcert.engine.verdicts.issuing import write_certificate
from memcert.engine.verdicts.progress import Progress
from memcert.engine.verdicts.saved_failures import SavedFailures
from memcert.resolver import resolve

Named = Callable[[str], list[str]]


@pytest.fixture
def named(contract: Contract) -> Named:
    """Return a function that certifies a backend in this process and gives its drivers."""

    def named(name: str) -> list[str]:
        backend, plan = resolve(name), Plan(rules=frozenset({"ADD-01"}), effort=Effort.QUICK)
        with Runner(contract, backend) as runner:
            found = certify(runner, plan, SavedFailures(None, name, contract), Progress())
            certificate = write_certificate(runner, plan, found)
        assert all(
            said == version(KNOWN.get(module, module))
            for module, said in certificate.drivers.items()
        )
        return list(certificate.drivers)

    return named


FILES = {
    "kept/__init__.py": "",
    "kept/base.py": "from . import in_redis\n",
    "kept/in_redis.py": """\
from memcert_reference import InMemoryMemory
from memcert.engine.verdicts.progress import Progress


class Memory(InMemoryMemory):
    def __init__(self):
        import redis.asyncio

        super().__init__()
""",
    "kept/in_sql.py": """\
import typing

import kept.plain as plain

if typing.TYPE_CHECKING:
    import aiohttp
else:
    import sqlalchemy.engine


async def opened(space):
    yield plain.Memory()
""",
    "kept/plain.py": "from memcert_reference import InMemoryMemory as Memory\n",
    "kept/through.py": "from .base import in_redis\n\nMemory = in_redis.Memory\n",
    "kept/factory.py": """\
from kept.base import in_redis


async def opened(space):
    yield in_redis.Memory()
""",
    "beside.py": "import helper_of_it\n\n\nclass Memory(helper_of_it.Memory):\n    pass\n",
    "helper_of_it.py": "import redis\nfrom memcert_reference import InMemoryMemory as Memory\n",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        if name.partition(".")[0] in {"kept", "beside", "helper_of_it"}:
            del sys.modules[name]


def test_each_of_several_in_one_process_names_its_own(named: Named, folder: Path) -> None:
    for module in ("redis", "fakeredis", "lupa", "sqlalchemy", "aiosqlite", "tablestore"):
        pytest.importorskip(module)
    assert named("redis") == ["fakeredis", "hypothesis", "lupa", "redis"]
    assert named("sqlite") == ["aiosqlite", "greenlet", "hypothesis", "sqlalchemy"]
    found = named("tablestore")
    assert {"aiohttp", "hypothesis", "tablestore"} <= set(found) <= {
        "aiohttp", "hypothesis", "rjieba", "tablestore",
    }  # fmt: skip
    assert named("reference") == ["hypothesis"]
    # A second time, with all of that in the process.
    assert named("sqlite") == ["aiosqlite", "greenlet", "hypothesis", "sqlalchemy"]
    # Those of a backend of one's own are what its own modules import.
    assert named("kept.factory:opened") == ["hypothesis", "redis"]
    assert named("kept.in_redis:Memory") == ["hypothesis", "redis"]
    assert named("kept.through:Memory") == ["hypothesis", "redis"]
    assert named("kept.in_sql:opened") == ["hypothesis", "sqlalchemy"]
    assert named("kept.plain:Memory") == ["hypothesis"]
    assert named(str(folder / "beside.py") + ":Memory") == ["hypothesis", "redis"]
    assert {
        "aiosqlite",
        "sqlalchemy",
        "redis",
        "tablestore",
        "hypothesis",
    } <= known_drivers().keys()


def test_a_backend_of_ones_own_on_a_store_names_what_the_store_takes(folder: Path) -> None:
    pytest.importorskip("redis.asyncio")
    pytest.importorskip("aiosqlite")
    (folder / "kept" / "on_redis.py").write_text(
        "from memcert import backend\n\n\n@backend('mine', store='redis')\n"
        "async def opened(space):\n    yield None\n"
    )
    (folder / "kept" / "in_a_folder.py").write_text(
        "import aiosqlite\nfrom memcert import backend\n\n\n@backend('mine', store='folder')\n"
        "async def opened(space):\n    yield None\n"
    )
    found = drivers(resolve("kept.on_redis:opened"))
    assert {"hypothesis", "redis"} <= found.keys() <= {
        "fakeredis", "hiredis", "hypothesis", "lupa", "redis",
    }  # fmt: skip
    # That store has no driver of its own.
    assert list(drivers(resolve("kept.in_a_folder:opened"))) == ["aiosqlite", "hypothesis"]


def test_modules_without_source_say_what_they_have(folder: Path) -> None:
    pytest.importorskip("redis")
    resolve("kept.factory:opened")
    for name in ("factory", "base", "in_redis"):
        (folder / "kept" / f"{name}.py").unlink()
    import linecache

    linecache.checkcache()
    assert "kept.in_redis" in reachable_from("kept.factory")
    assert reachable_from("no.such.module") == set()
