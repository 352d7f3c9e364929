"""Hypothesis, drawing the same programs from a seed whatever else is loaded.

By itself it also draws constants that it finds in the modules of whoever runs it: another file
imported, and a seed means other programs. Its registry of providers is the way it offers to change
how values are drawn (`hypothesis.internal.conjecture.providers.AVAILABLE_PROVIDERS`); one under a
name of its own would lose what Hypothesis does for its own provider alone, such as never drawing a
program twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from hypothesis.internal.conjecture.providers import AVAILABLE_PROVIDERS, HypothesisProvider

_NAME = "hypothesis"


class _WithoutConstants(HypothesisProvider):
    """Draws no constant: hostile values are the contract's to bring."""

    def _maybe_draw_constant(self, *_: Any, **__: Any) -> None:
        return None


@contextmanager
def the_same_everywhere() -> Iterator[None]:
    """Draw from the seed alone for as long as the context lasts."""
    before = AVAILABLE_PROVIDERS[_NAME]
    AVAILABLE_PROVIDERS[_NAME] = _WithoutConstants
    try:
        yield
    finally:
        AVAILABLE_PROVIDERS[_NAME] = before
