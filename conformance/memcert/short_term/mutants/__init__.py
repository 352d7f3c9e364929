"""Memories broken on purpose, each in one way, so that every rule is seen to fail."""

from memcert.short_term.mutants import (
    adding,
    arguments,
    deleting,
    durable,
    isolation,
    marking,
    reading,
    state,
    summary,
    values,
)
from memcert.short_term.mutants.mutant import MUTANTS

__all__ = [
    "MUTANTS",
    "adding",
    "arguments",
    "deleting",
    "durable",
    "isolation",
    "marking",
    "reading",
    "state",
    "summary",
    "values",
]
