"""The operators of cosmic-ray that are used, as changes of a text.

cosmic-ray has operators for what is one token: comparisons, arithmetic, truth values, numbers,
negated conditions, loops that never run. They are used as they are, so that nobody here has chosen
them. An operator says at which places of a node of parso's tree it has something to change, and
changes the node itself (https://cosmic-ray.readthedocs.io, "Implementing operators"); so a tree is
parsed for each change, and the text that comes of it is compared with what was there.

Not all of them are used. It replaces each comparison by each of the seven others and each
arithmetic operator by each of the eleven others; most of these are found or missed together, and
would only make a rate look good. Those below are a boundary and an opposite, by which the others
are subsumed, and no condition is negated, since `python_operators` has each be true and be false,
and whoever tells one of these tells the negation (R. Just, G. Kapfhammer, F. Schweiggert, "Do
Redundant Mutants Affect the Effectiveness and Efficiency of Mutation Analysis?", 2012). It has no
operator that deletes a statement, a call, an argument, a condition's part or a text:
`python_operators` has those.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from memcert.repository.mutation.edits import Edit

OPERATORS = {
    "ReplaceComparisonOperator_Eq_NotEq": "comparison",
    "ReplaceComparisonOperator_Eq_LtE": "comparison",
    "ReplaceComparisonOperator_Eq_GtE": "comparison",
    "ReplaceComparisonOperator_NotEq_Eq": "comparison",
    "ReplaceComparisonOperator_Lt_LtE": "comparison",
    "ReplaceComparisonOperator_Lt_GtE": "comparison",
    "ReplaceComparisonOperator_LtE_Lt": "comparison",
    "ReplaceComparisonOperator_LtE_Gt": "comparison",
    "ReplaceComparisonOperator_Gt_GtE": "comparison",
    "ReplaceComparisonOperator_Gt_LtE": "comparison",
    "ReplaceComparisonOperator_GtE_Gt": "comparison",
    "ReplaceComparisonOperator_GtE_Lt": "comparison",
    "ReplaceComparisonOperator_Is_IsNot": "comparison",
    "ReplaceComparisonOperator_IsNot_Is": "comparison",
    "ReplaceBinaryOperator_Add_Sub": "arithmetic",
    "ReplaceBinaryOperator_Sub_Add": "arithmetic",
    "ReplaceBinaryOperator_Mul_Add": "arithmetic",
    "ReplaceBinaryOperator_Pow_Mul": "arithmetic",
    "ReplaceBinaryOperator_BitAnd_BitOr": "boolean",
    "ReplaceBinaryOperator_BitOr_BitAnd": "boolean",
    "ReplaceUnaryOperator_Delete_Not": "negation",
    "ReplaceUnaryOperator_USub_UAdd": "arithmetic",
    "ReplaceAndWithOr": "boolean",
    "ReplaceOrWithAnd": "boolean",
    "ReplaceTrueWithFalse": "constant",
    "ReplaceFalseWithTrue": "constant",
    "NumberReplacer": "number",
    "ReplaceBreakWithContinue": "jump",
    "ReplaceContinueWithBreak": "jump",
    "ZeroIterationForLoop": "loop",
}
"""Those of cosmic-ray that are used, by its names, and what they are called here."""


@cache
def _provider() -> Any:
    # Imported where it is used: the dependency is of the jobs of this repository alone.
    from cosmic_ray.operators.provider import OperatorProvider

    return OperatorProvider()


def _nodes(text: str) -> list[Any]:
    from cosmic_ray.ast import ast_nodes, get_ast

    return list(ast_nodes(get_ast(text)))


def cosmic_edits(text: str) -> Iterator[Edit]:
    """Yield the changes of a Python source that cosmic-ray's operators make.

    Args:
        text: the source.
    """
    nodes = _nodes(text)
    for name, operator_name in OPERATORS.items():
        operator = _provider()[name]()
        for number, node in enumerate(nodes):
            for index, _ in enumerate(operator.mutation_positions(node)):
                yield _difference(operator_name, text, _changed(text, operator, number, index))


def _changed(text: str, operator: Any, number: int, index: int) -> str:
    """Return a source of which one node is changed, and all else is as it was."""
    nodes = _nodes(text)
    node = nodes[number]
    new = operator.mutate(node, index)
    if new is not node:
        siblings = node.parent.children
        place = next(i for i, sibling in enumerate(siblings) if sibling is node)
        siblings[place : place + 1] = [] if new is None else [new]
    code: str = nodes[0].get_code()
    return code


def _difference(operator: str, before: str, after: str) -> Edit:
    """Return the change that makes a text of another, as short as it can be said."""
    start = _alike(before, after)
    rest = min(len(before), len(after)) - start
    same = _alike(before[::-1][:rest], after[::-1][:rest])
    return Edit(operator, start, len(before) - same, after[start : len(after) - same])


def _alike(one: str, other: str) -> int:
    """Return with how many of the same characters two texts begin."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))
