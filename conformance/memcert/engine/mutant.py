"""A mutant: a backend broken on purpose, by which a contract's rules are judged."""

from __future__ import annotations

from dataclasses import dataclass

from memcert_backends.backend import Backend


@dataclass(frozen=True)
class Mutant:
    """A backend broken on purpose.

    Args:
        name: how it is named, after ``mutant:``.
        text: what is wrong with it, in one sentence.
        kills: the ids of the rules that it is meant to fail; it may fail others too.
        backend: the backend.
    """

    name: str
    text: str
    kills: tuple[str, ...]
    backend: Backend
