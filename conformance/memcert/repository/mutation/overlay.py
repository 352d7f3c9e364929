"""Modules that are imported from a folder in place of their own: how a mutant is installed.

Only the process that certifies one mutant does this, before it imports what the mutant is part of;
the processes that it starts do the same, since they find the backend by the folder's name.
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
import shutil
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from pathlib import Path
from types import ModuleType

from memcert.repository.mutation.sources import Source, path_of

COPY = "mutated_reference"
"""The name under which a mutated reference is imported beside the one that judges it."""

_MESSAGE, _JSON_TEXT = "message.py", "json_text.py"
_USE_JSON_TEXT = ("stored_memory.py", "sql/operations.py", "sql/several_statements.py")
"""What turns the content of a SQL memory to and from text, in `memcert_backends`."""

_SAME_MESSAGE = """
from memcert_reference.message import Msg  # The class that programs and judge have.
"""


class OverlayFinder(MetaPathFinder):
    """Finds modules in a folder, before all others.

    Args:
        folder: where they are, laid out as packages are.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return where a module is found; None if it is not in the folder.

        Args:
            fullname: the module's name.
            path: not used.
            target: not used.
        """
        place = self._folder.joinpath(*fullname.split("."))
        package, module = place / "__init__.py", place.with_suffix(".py")
        if package.is_file():
            return importlib.util.spec_from_file_location(
                fullname, package, submodule_search_locations=[str(place)]
            )
        if module.is_file():
            return importlib.util.spec_from_file_location(fullname, module)
        return None


def install(folder: Path) -> None:
    """Have modules be imported from a folder from now on.

    Args:
        folder: where they are, laid out as packages are.
    """
    sys.meta_path.insert(0, OverlayFinder(folder))


def has_own_message(file: str) -> bool:
    """Tell whether the mutants of a file have a class of messages of their own.

    Args:
        file: the file, from the root of the repository.
    """
    return file.startswith("reference/") and file.endswith(f"/{_MESSAGE}")


def lay_out(folder: Path, source: Source, file: str, text: str) -> None:
    """Write a mutant into a folder, with whatever else has to be imported from there.

    Args:
        folder: an empty folder.
        source: what it is a mutant of.
        file: the file that is changed, from the root of the repository.
        text: what it holds then.
    """
    path = path_of(file)
    if file.startswith("reference/"):
        _copy_reference(path.parent, folder / COPY, path.name, text)
        if path.name == _JSON_TEXT:
            for name in _USE_JSON_TEXT:
                user = path_of(f"backends/memcert_backends/{name}").read_text(encoding="utf-8")
                code = user.replace("memcert_reference.json_text", f"{COPY}.json_text")
                _write(folder / "memcert_backends" / name, code)
    elif file.endswith(".lua"):
        package = folder / "memcert_backends" / "redis"
        shutil.copytree(path.parents[1], package, ignore=shutil.ignore_patterns("__pycache__"))
        _write(package / "lua" / path.name, text)
    else:
        _write(folder.joinpath(*file.split("/")[1:]), text)


def _copy_reference(package: Path, copy: Path, changed: str, text: str) -> None:
    """Copy the reference so that it imports itself, and knows the class of the messages it gets.

    A mutant of the message's module has a class of its own, since it is the class that is changed;
    `memcert.repository.mutation.messages` then stands between.
    """
    for path in package.glob("*.py"):
        code = text if path.name == changed else path.read_text(encoding="utf-8")
        code = code.replace("memcert_reference.", f"{COPY}.")
        if path.name == _MESSAGE and changed != _MESSAGE:
            code += _SAME_MESSAGE
        _write(copy / path.name, code)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
