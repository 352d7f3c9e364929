"""Memories broken on purpose, each in one way, so that every rule is seen to fail."""

from memcert.short_term.mutants import (
    adding,
    arguments,
    contents,
    counting,
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
    "contents",
    "counting",
    "deleting",
    "durable",
    "identifiers",
    "isolation",
    "marking",
    "reading",
    "state",
    "summary",
]
