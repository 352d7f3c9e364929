"""Every way to name a backend leads to it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from memcert import Backend, Space, backend, resolve
from memcert.resolver import UnknownBackend, as_backend, names
from memcert_reference import InMemoryMemory

SPACE = Space("user", "session")

MODULE = """\
from memcert import backend
from memcert_reference import InMemoryMemory


class Ids(InMemoryMemory):
    def __init__(self, user_id, session_id="none", *, cache=None):
        super().__init__()
        self.ids = user_id, session_id


class NoIds(InMemoryMemory):
    pass


class AnyIds(InMemoryMemory):
    def __init__(self, *args, **kwargs):
        super().__init__()


class Closes:
    closed = 0

    def __init__(self, session_id):
        self.ids = session_id

    async def close(self):
        Closes.closed += 1


class NeverCloses:
    pass


class Outer:
    class Inner(InMemoryMemory):
        pass


async def plain(space):
    yield NoIds()


class OfThisProcess(Ids):
    process_local = True


class SaysNothingOfIt(Ids):
    process_local = NotImplemented


@backend("mine", durable=False, extra="x", max_message_bytes=7, full_state=True)
async def made(space):
    yield NoIds()


@backend("mine", process_local=True)
async def local(space):
    yield NoIds()
"""


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / f"named_{tmp_path.name.replace('-', '_')}.py"
    path.write_text(MODULE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    return path


def opened(found: Backend) -> Any:
    async def body() -> Any:
        generator = found.open(SPACE)
        memory = await anext(generator)
        with pytest.raises(StopAsyncIteration):
            await anext(generator)
        return memory

    return asyncio.run(body())


def test_a_module_and_a_file_lead_to_the_same(module: Path) -> None:
    for name in (f"{module.stem}:NoIds", f"{module}:NoIds", f"{module.name}:NoIds"):
        found = resolve(name)
        assert type(opened(found)).__name__ == "NoIds"
        assert found.name == name
    # Another process, in another folder, finds it by this.
    assert resolve(f"{module.name}:NoIds").specification == f"{module}:NoIds"
    assert resolve(f"{module.stem}:NoIds").specification == f"{module.stem}:NoIds"


def test_a_file_is_loaded_once(module: Path) -> None:
    one, other = (opened(resolve(f"{name}:NoIds")) for name in (module.name, module))
    assert type(one) is type(other)


def test_a_class_gets_the_ids_that_its_constructor_takes(module: Path) -> None:
    found = resolve(f"{module}:Ids")
    assert opened(found).ids == ("user", "session")
    assert found.durable
    assert found.store is None
    assert not resolve(f"{module}:NoIds").durable
    opened(resolve(f"{module}:AnyIds"))


def test_a_class_is_closed_if_it_can_be(module: Path) -> None:
    memory = opened(resolve(f"{module}:Closes"))
    assert memory.ids == "session"
    assert type(memory).closed == 1
    opened(resolve(f"{module}:NeverCloses"))


def test_a_factory_is_taken_as_it_is(module: Path) -> None:
    assert type(opened(resolve(f"{module}:plain"))).__name__ == "NoIds"
    made = resolve(f"{module}:made")
    assert (made.name, made.durable, made.extra) == ("mine", False, "x")
    assert made.declares == {"max_message_bytes": 7, "full_state": True}
    assert made.specification == f"{module}:made"


def test_data_of_one_process_are_declared_by_a_factory_and_by_a_class(module: Path) -> None:
    assert resolve(f"{module}:local").process_local
    assert resolve(f"{module}:local").durable
    assert resolve(f"{module}:OfThisProcess").process_local
    for name in ("made", "plain", "Ids", "SaysNothingOfIt"):
        assert not resolve(f"{module}:{name}").process_local


def test_a_name_inside_a_class_is_found(module: Path) -> None:
    assert type(opened(resolve(f"{module}:Outer.Inner"))).__name__ == "Inner"


def test_a_file_that_fails_is_looked_at_anew(module: Path) -> None:
    path = module.with_name("fails.py")
    path.write_text("1 / 0")
    with pytest.raises(UnknownBackend, match="ZeroDivisionError"):
        resolve(f"{path}:NoIds")
    path.write_text(MODULE)
    resolve(f"{path}:NoIds")


def test_what_is_built_in() -> None:
    assert {"reference", "sqlite", "redis"} <= set(names())
    reference = resolve("reference")
    assert (reference.name, reference.specification) == ("reference", "reference")
    assert isinstance(opened(reference), InMemoryMemory)
    assert resolve("redis").store == "redis"


def test_a_mutant_has_a_name_too() -> None:
    from memcert.short_term.mutants import MUTANTS

    name = f"mutant:{next(iter(MUTANTS))}"
    assert resolve(name).name == resolve(name).specification == name


def test_only_an_async_generator_function_is_decorated() -> None:
    for wrong in (lambda space: None, 7, InMemoryMemory):
        with pytest.raises(TypeError, match="a backend is an async generator function"):
            backend("x")(wrong)  # type: ignore[arg-type]


def test_the_store_is_the_one_of_the_same_name_or_the_one_named() -> None:
    async def factory(space: Space) -> AsyncIterator[None]:
        yield None

    assert backend("redis")(factory).store == "redis"
    assert backend("mine")(factory).store is None
    assert backend("mine", store="sqlite")(factory).store == "sqlite"


def test_a_backend_stays_itself() -> None:
    async def factory(space: Space) -> AsyncIterator[None]:
        yield None

    made = backend("mine")(factory)
    assert as_backend(made, "other") is made


@pytest.mark.parametrize("item", [None, 7, "text", len, InMemoryMemory()])
def test_what_is_no_backend_is_told(item: object) -> None:
    with pytest.raises(UnknownBackend) as raised:
        as_backend(item, "mine")
    assert str(raised.value).startswith("mine is of type ")
    assert "\n" not in str(raised.value)


def test_nothing_else_is_on_offer() -> None:
    import memcert

    assert [getattr(memcert, name) for name in memcert.__all__]
    with pytest.raises(AttributeError, match="no attribute 'certify_all'"):
        memcert.certify_all  # noqa: B018
