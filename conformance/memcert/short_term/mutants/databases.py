"""Mutants that make of values what columns of databases, and files of tables, make of them."""

from __future__ import annotations

import re
import uuid
from typing import Any

from memcert.short_term.mutants.contents import changed_leaves
from memcert.short_term.mutants.libraries import ToolInputs
from memcert.short_term.mutants.mutant import mutant
from memcert.short_term.mutants.record_host import BlockText, FieldText


def windows_character(found: re.Match[str]) -> str:
    """Return what Windows has in the place of a control character, or that where it has none.

    Args:
        found: the control character.
    """
    return found[0].encode("latin-1").decode("cp1252", "ignore") or found[0]


@mutant("empty-content-as-blank", "VAL-09")
class EmptyContentAsBlank(FieldText):
    """A content that is the empty string comes back as a blank, where it would be null."""

    field = "content"

    def _text(self, text: str) -> str:
        return text or " "


@mutant("nul-lost-in-tool-input", "VAL-09")
class NulLostInToolInput(ToolInputs):
    """NUL characters are lost from the input of a tool_use block, for a jsonb that has none."""

    def _input(self, value: Any) -> Any:
        return changed_leaves(
            value, lambda leaf: leaf.replace("\0", "") if type(leaf) is str else leaf
        )


@mutant("windows-characters-in-thinking", "VAL-09")
class WindowsCharactersInThinking(BlockText):
    """Control characters from U+0080 in thinking come back as Windows's, as in MySQL's latin1."""

    kind, path = "thinking", ("thinking",)

    def _text(self, text: str) -> str:
        return re.sub("[\x80-\x9f]", windows_character, text)


@mutant("timestamp-of-milliseconds", "VAL-14")
class TimestampOfMilliseconds(FieldText):
    """A timestamp comes back with three digits of its fraction of a second at most."""

    field = "timestamp"

    def _text(self, text: str) -> str:
        return re.sub(r"(\.[0-9]{3})[0-9]+", r"\1", text)


@mutant("invocation-id-as-uuid", "VAL-14")
class InvocationIdAsUuid(FieldText):
    """An invocation_id of 32 hexadecimal digits comes back with dashes, as a UUID is written."""

    field = "invocation_id"

    def _text(self, text: str) -> str:
        return str(uuid.UUID(text)) if re.fullmatch("[0-9a-f]{32}", text) else text


@mutant("formula-quoted", "VAL-09")
class FormulaQuoted(FieldText):
    """A name that begins as a formula does comes back with an apostrophe before it."""

    field = "name"

    def _text(self, text: str) -> str:
        return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text
