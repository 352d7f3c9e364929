"""What needs an extra is imported when it is asked for, and a missing one is said in one line."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, NamedTuple


class Home(NamedTuple):
    """Where an object is defined, and the extras of memcert that this module needs."""

    module: str
    extras: str


def imported(name: str, homes: Mapping[str, Home], package: str) -> Any:
    """Return an object that a package hands on, for its ``__getattr__``.

    Args:
        name: the object's name.
        homes: where each object that the package hands on is defined.
        package: the package's name, for the error.

    Raises:
        AttributeError: the package hands on nothing of this name.
        ImportError: an extra is missing; one line says how to install it.
    """
    if name not in homes:
        raise AttributeError(f"module {package!r} has no attribute {name!r}")
    module, extras = homes[name]
    try:
        return getattr(import_module(module), name)
    except ModuleNotFoundError as error:
        raise ImportError(
            f"{name} needs the extra {extras!r}: pip install 'memcert[{extras}]' ({error})"
        ) from error
