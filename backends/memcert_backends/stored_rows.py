"""A message as a store keeps it."""

from __future__ import annotations

from typing import NamedTuple


class MessageRow(NamedTuple):
    """A message as it is stored."""

    msg_id: str
    payload: str
    """The whole message as JSON text, its id included."""


class MarkedRow(NamedTuple):
    """A message as it is stored, with its marks."""

    msg_id: str
    payload: str
    marks: list[str]
