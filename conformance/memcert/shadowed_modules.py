"""Files and folders that take the place of installed packages of the same name."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType


def shadow_of(error: BaseException) -> str | None:
    """Return in one line what an import got instead of an installed package; None if nothing.

    Args:
        error: what failed, an import perhaps.
    """
    for name in _names(error):
        found = _shadow(name)
        if found is not None:
            return (
                f"{found} takes the place of the installed package {name!r}: rename it, or run"
                " memcert in another folder"
            )
    return None


def _names(error: BaseException) -> Iterator[str]:
    """Yield the packages that something went wrong with."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ImportError) and cause.name:
            yield cause.name.partition(".")[0]
        if isinstance(cause, AttributeError) and isinstance(cause.obj, ModuleType):
            yield cause.obj.__name__.partition(".")[0]
        if isinstance(cause, SyntaxError) and cause.filename:
            for entry in sys.path:
                path = Path(cause.filename)
                if path.is_relative_to(entry) and path != Path(entry):
                    yield path.relative_to(entry).parts[0].removesuffix(".py")
        if isinstance(cause, (ImportError, AttributeError)):
            trace = cause.__traceback__
            while trace is not None:
                yield str(trace.tb_frame.f_globals.get("__name__", "")).partition(".")[0]
                trace = trace.tb_next
        cause = cause.__cause__ or cause.__context__


def _shadow(name: str) -> Path | None:
    """Return what is found under a name before another one that is on the path as well."""
    if name in {"", "__main__", "memcert"}:
        return None
    for place, entry in enumerate(sys.path):
        spec = _found(name, [entry])
        if spec is not None:
            later = [each for each in sys.path[place + 1 :] if Path(each) != Path(entry)]
            return None if _found(name, later) is None else _location(spec)
    return None


def _found(name: str, path: list[str]) -> ModuleSpec | None:
    """Return a module or a package that is more than a folder, which yields to those."""
    try:
        spec = PathFinder.find_spec(name, path)
    except (ImportError, ValueError):
        return None
    return None if spec is None or spec.origin is None else spec


def _location(spec: ModuleSpec) -> Path:
    origin = Path(str(spec.origin))
    return origin.parent if origin.name == "__init__.py" else origin
