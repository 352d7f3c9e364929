"""Memories broken on purpose, each in one way, so that every rule is seen to fail."""

from memcert.short_term.mutants import (
    adding,
    arguments,
    cancellation,
    concurrency,
    connections,
    contents,
    counting,
    crashes,
    deleting,
    durable,
    identifiers,
    isolation,
    marking,
    reading,
    state,
    summary,
)
from memcert.short_term.mutants.mutant import MUTANTS

__all__ = [
    "MUTANTS",
    "adding",
    "arguments",
    "cancellation",
    "concurrency",
    "connections",
    "contents",
    "counting",
    "crashes",
    "deleting",
    "durable",
    "identifiers",
    "isolation",
    "marking",
    "reading",
    "state",
    "summary",
]
