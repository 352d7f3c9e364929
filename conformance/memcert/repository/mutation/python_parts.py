"""The parts of a Python source in which a change means nothing, and which are left as they are.

They are docstrings, annotations and what only type checkers read, imports and ``__all__``, and
texts of errors: the contract says which error is raised, not what it says.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from memcert.repository.mutation.edits import Lines, Span

_FOR_ERRORS = frozenset({"what", "demand"})
"""The parameters that take a text for an error, by the project's own habit."""

_TYPED = frozenset({"NamedTuple", "Protocol", "TypedDict"})
_FOR_TYPES = frozenset({"Literal", "TypeVar", "TypeAlias"})
_NAMES = frozenset({"__all__", "__slots__"})


def span_of(node: ast.AST, lines: Lines) -> Span:
    """Return the part of a source that a node is.

    Args:
        node: one that has a place.
        lines: the source's.
    """
    assert isinstance(node, (ast.expr, ast.stmt, ast.keyword, ast.arg))
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    return Span(
        lines.offset_in_bytes(node.lineno, node.col_offset),
        lines.offset_in_bytes(node.end_lineno, node.end_col_offset),
    )


def left_as_they_are(tree: ast.Module, lines: Lines, skipped: frozenset[str]) -> list[Span]:
    """Return the parts of a source that are not changed.

    Args:
        tree: the source.
        lines: its lines.
        skipped: functions that are left out, as ``function`` or ``Class.method``.
    """
    found = [span_of(node, lines) for node in _meaningless(tree)]
    found += [span_of(node, lines) for node in _texts_for_errors(tree)]
    found += [span_of(node, lines) for name, node in functions(tree) if name in skipped]
    return found


def functions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Yield the functions of a module, and the methods of its classes, with their names.

    Args:
        tree: the module.
    """
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef)):
                    yield f"{node.name}.{inner.name}", inner


def _meaningless(tree: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)) or _is_text_alone(node):
            yield node
        elif isinstance(node, ast.arg) and node.annotation is not None:
            yield node.annotation
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield from node.decorator_list
            if node.returns is not None:
                yield node.returns
        elif isinstance(node, ast.AnnAssign):
            is_alias = any(_is_named(part, _FOR_TYPES) for part in ast.walk(node.annotation))
            yield node if node.value is None or is_alias else node.annotation
        elif isinstance(node, ast.Assign) and _is_for_types(node):
            yield node
        elif isinstance(node, ast.Call) and _is_named(node.func, {"cast"}) and node.args:
            yield node.args[0]
        elif _is_class_of_types(node) or _is_for_checkers(node):
            yield node


def _is_text_alone(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_class_of_types(node: ast.AST) -> bool:
    return isinstance(node, ast.ClassDef) and any(_is_named(base, _TYPED) for base in node.bases)


def _is_for_checkers(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and _is_named(node.test, {"TYPE_CHECKING"})


def _is_for_types(node: ast.Assign) -> bool:
    """Tell whether an assignment makes a type, or a list of names that Python itself reads."""
    if any(_is_named(target, _NAMES) for target in node.targets):
        return True
    value = node.value
    if isinstance(value, ast.Subscript):
        return _is_named(value.value, _FOR_TYPES)
    if isinstance(value, ast.Call):
        return _is_named(value.func, _FOR_TYPES)
    parts = (ast.BinOp, ast.BitOr, ast.Name, ast.Load)
    is_union = isinstance(value, ast.BinOp) and isinstance(value.op, ast.BitOr)
    return is_union and all(isinstance(part, parts) for part in ast.walk(value))


def _is_named(node: ast.AST, names: frozenset[str] | set[str]) -> bool:
    name = getattr(node, "id", None) or getattr(node, "attr", None)
    return name in names


def _texts_for_errors(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield what only the text of an error is made of."""
    places = _places_of_texts(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            yield from node.exc.args
        elif isinstance(node, ast.Call):
            for position, argument in enumerate(node.args):
                name = getattr(node.func, "id", None)
                if position in places.get(str(name), ()):
                    yield argument
        elif isinstance(node, ast.arguments):
            positional = [*node.posonlyargs, *node.args]
            with_defaults = positional[len(positional) - len(node.defaults) :]
            for parameter, default in zip(with_defaults, node.defaults, strict=True):
                if parameter.arg in _FOR_ERRORS:
                    yield default


def _places_of_texts(tree: ast.Module) -> dict[str, set[int]]:
    """Return at which places the functions that are known here take a text for an error."""
    found = {name: {*places} for name, places in _IMPORTED.items()}
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            names = [parameter.arg for parameter in node.args.args]
            found[node.name] = {names.index(name) for name in _FOR_ERRORS & {*names}}
    return found


_IMPORTED = {
    "flag": (1,),
    "identifier": (1,),
    "json_copy": (1,),
    "not_a_message": (1,),
    "optional_mark": (1,),
    "plain_text": (1,),
    "record_of": (1,),
}
"""The same of the reference's functions that its modules take from one another."""
