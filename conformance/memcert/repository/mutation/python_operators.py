"""Operators for Python beside cosmic-ray's: what is left out, what is fixed, what is swapped."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from memcert.repository.mutation.edits import Edit, Lines, Span
from memcert.repository.mutation.python_parts import span_of

_ERRORS = {"TypeError": "ValueError", "ValueError": "TypeError", "KeyError": "ValueError"}
_EFFECTS = (ast.Expr, ast.AugAssign, ast.Delete, ast.Raise)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_CLASSES = frozenset({"dict", "list", "str"})
_ASKING = frozenset({"getattr", "hasattr", "isinstance", "type"})
_FEWEST_TO_DROP_ONE = 2


class PythonOperators:
    """What can be changed in a Python source.

    Args:
        text: the source.
        texts: whether texts are changed too.
    """

    def __init__(self, text: str, *, texts: bool) -> None:
        self._text = text
        self._texts = texts
        self._lines = Lines(text)

    def edits(self, tree: ast.Module) -> Iterator[Edit]:
        """Yield the changes.

        Args:
            tree: the source.
        """
        within_f_strings = {
            id(part)
            for node in ast.walk(tree)
            if isinstance(node, ast.JoinedStr)
            for part in ast.walk(node)
        }
        for node in ast.walk(tree):
            # Before Python 3.12 what is within an f-string does not say where it is.
            if id(node) not in within_f_strings:
                yield from self._of_statement(node)
                yield from self._of_condition(node)
                yield from self._of_call(node)
                yield from self._of_value(node)

    def _of_statement(self, node: ast.AST) -> Iterator[Edit]:
        kept = isinstance(node, (ast.Assign, ast.AnnAssign)) and _keeps(node)
        if isinstance(node, _EFFECTS) or kept:
            yield self._replaced("statement-deleted", node, "pass")
        if isinstance(node, ast.Return) and node.value is not None and not _is_none(node.value):
            yield self._replaced("nothing-returned", node.value, "None")
        if isinstance(node, ast.Raise):
            named = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            if isinstance(named, ast.Name) and named.id in _ERRORS:
                yield self._replaced("other-error", named, _ERRORS[named.id])
        if isinstance(node, ast.ExceptHandler) and node.type is not None:
            # A tuple of no classes catches nothing.
            yield self._replaced("nothing-caught", node.type, "()")

    def _of_condition(self, node: ast.AST) -> Iterator[Edit]:
        if isinstance(node, (ast.If, ast.IfExp)):
            for fixed in ("True", "False"):
                yield self._replaced("condition-fixed", node.test, fixed)
        if isinstance(node, _COMPREHENSIONS):
            for part in node.generators:
                for condition in part.ifs:
                    yield self._replaced("condition-fixed", condition, "True")
        if isinstance(node, ast.BoolOp):
            for value in node.values:
                rest = [self._code(each) for each in node.values if each is not value]
                word = " and " if isinstance(node.op, ast.And) else " or "
                joined = rest[0] if len(rest) == 1 else f"({word.join(rest)})"
                yield self._replaced("operand-dropped", node, joined)
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], (ast.In, ast.NotIn)):
            left, right = self._code(node.left), self._code(node.comparators[0])
            word = "in" if isinstance(node.ops[0], ast.NotIn) else "not in"
            yield self._replaced("membership", node, f"{left} {word} {right}")

    def _of_call(self, node: ast.AST) -> Iterator[Edit]:
        if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.BitAnd, ast.BitOr)):
            # Conditions of SQLAlchemy.
            for side in (node.left, node.right):
                yield self._replaced("operand-dropped", node, self._code(side))
        if not isinstance(node, ast.Call):
            return
        if isinstance(node.func, ast.Attribute) and _is_called(node.func.value):
            # One step of a chain, such as `.where(...)`.
            yield self._replaced("call-dropped", node, self._code(node.func.value))
        elif node.args and _converts(node):
            yield self._replaced("call-dropped", node, self._code(node.args[0]))
        if getattr(node.func, "attr", "") == "where" and len(node.args) >= _FEWEST_TO_DROP_ONE:
            yield from self._one_dropped("argument-dropped", node.args)
        if node.keywords and all(word.arg for word in node.keywords):
            everything: list[ast.expr | ast.keyword] = [*node.args, *node.keywords]
            for word in node.keywords:
                yield self._dropped("argument-dropped", everything, word, node)

    def _of_value(self, node: ast.AST) -> Iterator[Edit]:
        if isinstance(node, (ast.List, ast.Tuple, ast.Set)) and isinstance(
            getattr(node, "ctx", ast.Load()), ast.Load
        ):
            fewest = 3 if isinstance(node, ast.Tuple) else _FEWEST_TO_DROP_ONE
            if len(node.elts) >= fewest:
                yield from self._one_dropped("element-dropped", node.elts)
        if isinstance(node, ast.Dict) and len(node.keys) >= _FEWEST_TO_DROP_ONE:
            for key, value in zip(node.keys, node.values, strict=True):
                if key is not None:
                    yield self._item_dropped(node, key, value)
        if self._texts and isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield self._replaced("text", node, '"mutated"' if not node.value else '""')

    def _one_dropped(self, operator: str, parts: list[ast.expr]) -> Iterator[Edit]:
        for part in parts:
            yield self._dropped(operator, parts, part, None)

    def _dropped(
        self,
        operator: str,
        parts: list[ast.expr] | list[ast.expr | ast.keyword],
        dropped: ast.expr | ast.keyword,
        within: ast.Call | None,
    ) -> Edit:
        """Return the leaving out of one part of a list, and of one comma."""
        spans = [self._span(part) for part in parts]
        number = next(i for i, part in enumerate(parts) if part is dropped)
        if number + 1 < len(spans):
            return Edit(operator, spans[number].start, spans[number + 1].start, "")
        if number > 0:
            return Edit(operator, spans[number - 1].end, spans[number].end, "")
        assert within is not None
        span = spans[number]
        return Edit(operator, span.start, span.end, "")

    def _item_dropped(self, node: ast.Dict, key: ast.expr, value: ast.expr) -> Edit:
        start, end = self._span(key).start, self._span(value).end
        rest = self._text[end : self._span(node).end]
        comma = len(rest) - len(rest.lstrip(", \n"))
        return Edit("element-dropped", start, end + comma, "")

    def _replaced(self, operator: str, node: ast.AST, new: str) -> Edit:
        span = self._span(node)
        return Edit(operator, span.start, span.end, new)

    def _span(self, node: ast.AST) -> Span:
        return span_of(node, self._lines)

    def _code(self, node: ast.expr) -> str:
        """Return the source of an expression, in brackets where it might be taken apart."""
        span = self._span(node)
        code = self._text[span.start : span.end]
        compound = (ast.BoolOp, ast.BinOp, ast.Compare, ast.IfExp, ast.Lambda, ast.GeneratorExp)
        bracketed = isinstance(node, compound) and not code.startswith("(")
        return f"({code})" if bracketed or "\n" in code else code


def _keeps(node: ast.Assign | ast.AnnAssign) -> bool:
    """Tell whether an assignment is to something that there may be already."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return any(isinstance(target, (ast.Attribute, ast.Subscript)) for target in targets)


def _is_called(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) or (
        isinstance(node, ast.Attribute) and isinstance(node.value, (ast.Call, ast.Attribute))
    )


def _converts(node: ast.Call) -> bool:
    """Tell whether a call may be one that checks, copies or converts its first argument."""
    if isinstance(node.args[0], ast.Starred):
        return False
    function = node.func
    if isinstance(function, ast.Attribute):
        # `dict.fromkeys`, `Msg.from_record`: of a class, and not a method of what there is.
        owner = getattr(function.value, "id", "")
        return owner in _CLASSES or owner[:1].isupper()
    name = getattr(function, "id", "")
    return bool(name) and name not in _ASKING and not name.endswith("Error")


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
