"""Memories broken on purpose, each in one way, so that every rule is seen to fail."""

from memcert.short_term.mutants.mutant import MUTANTS
