"""Which modules a module of this process imports, as its source says."""

from __future__ import annotations

import ast
import inspect
import sys
import sysconfig
from collections.abc import Iterator
from importlib.util import resolve_name
from pathlib import Path
from types import ModuleType

_INSTALLED = {Path(sysconfig.get_path(name)).resolve() for name in ("platlib", "purelib", "stdlib")}
"""Where files are beside each other that have nothing to do with each other."""

_FOR_TYPE_CHECKERS = {"TYPE_CHECKING", "typing.TYPE_CHECKING"}


def reachable_from(name: str) -> set[str]:
    """Return the modules that a module imports, and the modules of its own package for it.

    What others imported into this process is left out, and so is what other packages import.
    Imports within functions count, as far as they took place.

    Args:
        name: the module, which has been imported.
    """
    found: set[str] = set()
    left = {name} & sys.modules.keys()
    while left:
        current = left.pop()
        imported = set(_imported_by(sys.modules[current])) & sys.modules.keys()
        left |= {each for each in imported - found if _is_beside(each, name)}
        found |= imported
    return found


def _is_beside(other: str, name: str) -> bool:
    """Tell whether a module is of the same package as another, or a file in the same folder."""
    package = name.partition(".")[0]
    if other.partition(".")[0] == package:
        return True
    here, there = (_folder(sys.modules.get(each)) for each in (package, other.partition(".")[0]))
    return here is not None and here == there and here not in _INSTALLED


def _folder(module: ModuleType | None) -> Path | None:
    """Return the folder of a module that is a file, or that a package is in."""
    file = getattr(module, "__file__", None)
    if file is None:
        return None
    path = Path(file).resolve()
    return path.parents[1] if hasattr(module, "__path__") else path.parent


def _imported_by(module: ModuleType) -> Iterator[str]:
    try:
        tree = ast.parse(inspect.getsource(module))
    except (OSError, TypeError, SyntaxError):
        # Without its source, what it has at hand is all that is known.
        for value in list(vars(module).values()):
            yield value.__name__ if isinstance(value, ModuleType) else _module_of(value)
        return
    package = module.__spec__.parent if module.__spec__ else None
    for node in _nodes(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            try:
                start = resolve_name("." * node.level + (node.module or ""), package)
            except ImportError:
                continue
            yield from (start, *(f"{start}.{alias.name}" for alias in node.names))


def _nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """Give the nodes of a module, without what is imported for type checkers only."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) in _FOR_TYPE_CHECKERS:
            for other in node.orelse:
                yield other
                yield from _nodes(other)
            continue
        yield node
        yield from _nodes(node)


def _module_of(value: object) -> str:
    return str(getattr(value, "__module__", ""))
