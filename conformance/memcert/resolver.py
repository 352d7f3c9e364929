"""One way to name a backend, whatever it is.

A name is a built-in one (``redis``), that of an installed package's entry point in the group
``memcert.backends``, a mutant (``mutant:NAME``), ``package.module:name``, or
``path/to/file.py:name``. What it names is a backend, an async generator function, or a plain
memory class.
"""

from __future__ import annotations

import difflib
import hashlib
import importlib
import importlib.util
import inspect
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from memcert.contracts import contracts
from memcert.engine.contract import Contract
from memcert.engine.mutant import Mutant
from memcert.shadowed_modules import shadow_of
from memcert_backends.backend import Backend, Factory, Space
from memcert_backends.backend import backend as make_backend
from memcert_backends.catalogue import BUILT_IN

GROUP = "memcert.backends"
"""The entry points of installed packages that name backends."""


RESOLVER = f"{__name__}:resolve"
"""What finds a backend by its name, in another process too."""


class UnknownBackend(Exception):
    """A name does not lead to a backend; one line that says what to do."""


def names() -> list[str]:
    """Return the names of the built-in backends and of those of installed packages."""
    return [*BUILT_IN, *sorted({point.name for point in entry_points(group=GROUP)})]


def resolve(name: str) -> Backend:
    """Return the backend that a name leads to.

    Args:
        name: see the module.

    Raises:
        UnknownBackend: it leads to none; one line says what to do.
    """
    if not name.strip():
        raise UnknownBackend(f"{name!r} is no name: {_OWN}")
    if name.startswith("mutant:"):
        found = _mutant(name.removeprefix("mutant:"))
    elif name in BUILT_IN:
        found = _named(BUILT_IN[name].factory, name)
    elif ":" in name:
        _check_place(name)
        found = _named(name, name)
    elif name.endswith(".py"):
        raise UnknownBackend(
            f"{name} is a file: say what in it, {name}:NAME"
            if Path(name).is_file()
            else f"there is no file {name}"
        )
    else:
        points = [point for point in entry_points(group=GROUP) if point.name == name]
        if not points:
            raise UnknownBackend(_unknown(name, names()))
        found = _named(points[0].value, name)
    return _findable(found, _absolute(name))


_OWN = (
    "a backend of your own is named package.module:NAME or path/to/file.py:NAME, the name of a"
    " factory or of a memory class"
)


def _check_place(name: str) -> None:
    """Refuse what cannot be the name of something in a module or a file.

    Args:
        name: a name with a colon in it.

    Raises:
        UnknownBackend: it cannot be; one line says what is missing.
    """
    module, _, attribute = name.rpartition(":")
    if not module.strip():
        raise UnknownBackend(f"{name!r} names no module and no file: {_OWN}")
    if not attribute.strip():
        raise UnknownBackend(f"{name!r} does not say what in it: write {module}:NAME; {_OWN}")
    if not all(part.isidentifier() for part in attribute.split(".")):
        raise UnknownBackend(f"{attribute!r} in {name!r} is no name in Python: {_OWN}")
    if not module.endswith(".py") and not all(map(str.isidentifier, module.split("."))):
        raise UnknownBackend(
            f"{module!r} cannot be imported: it is neither the name of a module, such as"
            " package.module, nor a file whose name ends in .py"
        )


def _mutant(name: str) -> Backend:
    known = []
    for contract in contracts():
        mutants = contract.mutants()
        if name in mutants:
            return mutants[name].backend
        known += [f"mutant:{each}" for each in mutants]
    raise UnknownBackend(_unknown(f"mutant:{name}", known))


def mutants_of(contract: Contract) -> dict[str, Mutant]:
    """Return the mutants of a contract by name, each so that another process finds it.

    Args:
        contract: the contract; its mutants need not say how they are found.
    """
    return {
        name: replace(mutant, backend=_findable(mutant.backend, f"mutant:{name}"))
        for name, mutant in contract.mutants().items()
    }


def _findable(found: Backend, specification: str) -> Backend:
    return replace(found, specification=specification, resolver=RESOLVER)


def _unknown(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.4)
    hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(known)}."
    return f"there is no backend {name!r}: {hint} A{_OWN[1:]}"


def _named(place: str, name: str) -> Backend:
    module_name, _, attribute = place.rpartition(":")
    module = _load(module_name, name)
    item: Any = module
    for part in attribute.split("."):
        if not hasattr(item, part):
            known = [each for each in vars(module) if not each.startswith("_")]
            near = difflib.get_close_matches(attribute, known, n=3, cutoff=0.4)
            raise UnknownBackend(
                f"{module_name} has no {attribute!r}"
                + (f": did you mean {' or '.join(near)}?" if near else "")
            )
        item = getattr(item, part)
    return as_backend(item, name)


def _load(module_name: str, name: str) -> Any:
    if module_name.endswith(".py"):
        return _load_file(Path(module_name))
    if name not in BUILT_IN:
        _look_here_first()
    try:
        return importlib.import_module(module_name)
    except (Exception, SystemExit) as error:
        raise UnknownBackend(_import_failed(module_name, name, error)) from error


def _look_here_first() -> None:
    """Have modules of the working folder be found, as with `python -m`."""
    here = os.getcwd()  # noqa: PTH109 - sys.path holds strings
    if here not in sys.path[:1]:
        sys.path[:] = [here, *(each for each in sys.path if each != here)]


def _load_file(path: Path) -> Any:
    if not path.is_file():
        raise UnknownBackend(f"there is no file {path}")
    path = path.resolve()
    module_name = f"memcert_backend_{hashlib.sha256(str(path).encode()).hexdigest()[:12]}"
    if module_name in sys.modules:
        return sys.modules[module_name]
    spec = importlib.util.spec_from_file_location(module_name, path)
    if spec is None or spec.loader is None:
        raise UnknownBackend(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[module_name]
        raise UnknownBackend(_import_failed(str(path), str(path), error)) from error
    return module


def _import_failed(module_name: str, name: str, error: BaseException) -> str:
    shadow = shadow_of(error)
    if shadow is not None:
        return f"{module_name} cannot be imported: {shadow}"
    extra = BUILT_IN[name].extra if name in BUILT_IN else None
    if isinstance(error, ModuleNotFoundError) and extra is not None:
        return f"{name!r} needs the extra {extra!r}: pip install 'memcert[{extra}]' ({error})"
    return f"{module_name} cannot be imported: {type(error).__name__}: {error}"


def as_backend(item: Any, name: str) -> Backend:
    """Return the backend that an object stands for.

    Args:
        item: a backend, an async generator function that takes a space, or a memory class, which
            may have ``process_local = True``.
        name: how reports name it.

    Raises:
        UnknownBackend: it is none of these.
    """
    if isinstance(item, Backend):
        return item
    if inspect.isasyncgenfunction(item):
        return make_backend(name)(item)
    if inspect.isclass(item):
        return _of_class(item, name)
    raise UnknownBackend(
        f"{name} is of type {type(item).__name__}: a backend is an async generator function that"
        " takes a space and yields a memory, or a memory class"
    )


def _of_class(kind: type, name: str) -> Backend:
    try:
        parameters = inspect.signature(kind).parameters
    except ValueError as error:
        raise UnknownBackend(f"the constructor of {name} has no signature to look at") from error
    ids = [each for each in ("user_id", "session_id") if each in parameters]
    needed = [
        parameter.name
        for parameter in parameters.values()
        if parameter.default is parameter.empty
        and parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
        and parameter.name not in ids
    ]
    if needed:
        raise UnknownBackend(
            f"the constructor of {name} needs {needed[0]!r}: write a factory, an async generator"
            " function that takes a space and yields the memory"
        )

    async def open_memory(space: Space) -> AsyncIterator[Any]:
        memory = kind(**{each: getattr(space, each) for each in ids})
        try:
            yield memory
        finally:
            close = getattr(memory, "close", None)
            if close is not None:
                await close()

    # What it is made of, a certificate asks of where it comes from.
    open_memory.__module__ = kind.__module__
    factory: Factory = open_memory
    return Backend(
        name=name,
        open=factory,
        # A class that takes no ids keeps its content in the object, and loses it with it.
        durable=bool(ids),
        # An attribute of that name may be there for another reason.
        process_local=getattr(kind, "process_local", False) is True,
    )


def _absolute(name: str) -> str:
    """Return a name that means the same in another process and another folder."""
    path, _, attribute = name.rpartition(":")
    return f"{Path(path).resolve()}:{attribute}" if path.endswith(".py") else name
