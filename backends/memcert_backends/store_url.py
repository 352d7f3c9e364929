"""The URL of a store that leads nowhere."""

from __future__ import annotations


class UnknownURL(Exception):
    """A URL leads to no store that there is a memory for; one line that says so."""
