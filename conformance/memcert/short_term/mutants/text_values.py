"""Mutants that change the text at one place of a message or of the summary."""

from __future__ import annotations

import html
import unicodedata
from typing import Any
from urllib.parse import unquote

from memcert.short_term.mutants.contents import changed_leaves
from memcert.short_term.mutants.mutant import mutant
from memcert.short_term.mutants.record_host import (
    BlockText,
    FieldText,
    MetadataLeaves,
    Storing,
    SummaryText,
    blocks_in_results,
    blocks_of,
    with_keys,
)
from memcert_reference.json_text import dump_json, load_json

MEBIBYTE = 1_048_576
"""How many bytes a mebibyte has."""

LAST_OF_THREE_BYTES = "\uffff"
"""The last character that UTF-8 has three bytes for."""


def cut_at_bytes(text: str, limit: int) -> str:
    """Return the whole characters at the beginning of a text that fit into some bytes of UTF-8."""
    return text.encode()[:limit].decode(errors="ignore")


@mutant("zero-width-stripped", "VAL-09")
class ZeroWidthStripped(FieldText):
    """Characters of no width are stripped from a content that is a string."""

    field = "content"

    def _text(self, text: str) -> str:
        return "".join(each for each in text if not "\u200b" <= each <= "\u200d")


@mutant("trailing-nul-lost", "VAL-09")
class TrailingNulLost(FieldText):
    """NUL characters at the end of a content that is a string are lost."""

    field = "content"

    def _text(self, text: str) -> str:
        return text.rstrip("\0")


@mutant("content-parsed", "VAL-09")
class ContentParsed(FieldText):
    """A content that is the JSON text of a list of blocks comes back as that list."""

    field = "content"

    def _text(self, text: str) -> Any:
        if not text.startswith("["):
            return text
        try:
            parsed: Any = load_json(text)
        except ValueError:
            return text
        return parsed if all(isinstance(each, dict) for each in parsed) else text


@mutant("content-cut-at-65536", "VAL-15")
class ContentCutAt65536(FieldText):
    """A content that is a string is cut at 65,536 characters."""

    field = "content"

    def _text(self, text: str) -> str:
        return text[:65_536]


@mutant("name-of-compatible-characters", "VAL-09")
class NameOfCompatibleCharacters(FieldText):
    """The name comes back in Unicode's normal form KC."""

    field = "name"

    def _text(self, text: str) -> str:
        return unicodedata.normalize("NFKC", text)


@mutant("name-without-last-dot", "VAL-09")
class NameWithoutLastDot(FieldText):
    """Dots at the end of the name are trimmed, as in the name of a file."""

    field = "name"

    def _text(self, text: str) -> str:
        return text.rstrip(".")


@mutant("name-cut-at-255-bytes", "VAL-09")
class NameCutAt255Bytes(FieldText):
    """The name is cut at 255 bytes."""

    field = "name"

    def _text(self, text: str) -> str:
        return cut_at_bytes(text, 255)


@mutant("invocation-id-folded", "VAL-14")
class InvocationIdFolded(FieldText):
    """The invocation_id comes back without capital letters."""

    field = "invocation_id"

    def _text(self, text: str) -> str:
        return text.lower()


@mutant("empty-invocation-id-is-none", "VAL-14")
class EmptyInvocationIdIsNone(FieldText):
    """An invocation_id that is the empty string comes back as None."""

    field = "invocation_id"

    def _text(self, text: str) -> str | None:
        return text or None


@mutant("zone-spelled-out", "VAL-14")
class ZoneSpelledOut(FieldText):
    """The Z at the end of a timestamp becomes +00:00."""

    field = "timestamp"

    def _text(self, text: str) -> str:
        return f"{text[:-1]}+00:00" if text.endswith("Z") else text


@mutant("tool-name-composed", "VAL-09")
class ToolNameComposed(BlockText):
    """The name in a tool_use block comes back in Unicode's normal form C."""

    kind, path = "tool_use", ("name",)

    def _text(self, text: str) -> str:
        return unicodedata.normalize("NFC", text)


@mutant("raw-input-unescaped", "VAL-09")
class RawInputUnescaped(BlockText):
    """A backslash and an n in the raw_input of a tool_use block become a newline."""

    kind, path = "tool_use", ("raw_input",)

    def _text(self, text: str) -> str:
        return text.replace("\\n", "\n")


@mutant("thinking-trimmed", "VAL-09")
class ThinkingTrimmed(BlockText):
    """Blanks and newlines at the end of a thinking block are trimmed."""

    kind, path = "thinking", ("thinking",)

    def _text(self, text: str) -> str:
        return text.rstrip()


@mutant("image-address-decoded", "VAL-08")
class ImageAddressDecoded(BlockText):
    """The percent signs in the address of an image are decoded."""

    kind, path = "image", ("source", "url")

    def _text(self, text: str) -> str:
        return unquote(text)


@mutant("audio-padding-lost", "VAL-08")
class AudioPaddingLost(BlockText):
    """The equals signs at the end of the data of a sound are lost."""

    kind, path = "audio", ("source", "data")

    def _text(self, text: str) -> str:
        return text.rstrip("=")


@mutant("media-type-in-lower-case", "VAL-09")
class MediaTypeInLowerCase(BlockText):
    """The media type of a film comes back in lower case."""

    kind, path = "video", ("source", "media_type")

    def _text(self, text: str) -> str:
        return text.lower()


@mutant("tool-output-newlines", "VAL-09")
class ToolOutputNewlines(BlockText):
    """A carriage return before a newline is lost from a tool's output that is a string."""

    kind, path = "tool_result", ("output",)

    def _text(self, text: str) -> str:
        return text.replace("\r\n", "\n")


@mutant("result-id-stripped", "VAL-09")
class ResultIdStripped(BlockText):
    """Blanks around the id in a tool_result block are stripped."""

    kind, path = "tool_result", ("id",)

    def _text(self, text: str) -> str:
        return text.strip()


@mutant("byte-order-mark-lost", "VAL-09")
class ByteOrderMarkLost(BlockText):
    """The byte order mark at the beginning of a text block is lost."""

    kind, path = "text", ("text",)

    def _text(self, text: str) -> str:
        return text.removeprefix("\ufeff")


@mutant("text-block-cut-at-mebibyte", "VAL-15")
class TextBlockCutAtMebibyte(BlockText):
    """The text of a text block is cut at 1 MiB."""

    kind, path = "text", ("text",)

    def _text(self, text: str) -> str:
        return cut_at_bytes(text, MEBIBYTE) if len(text) > MEBIBYTE // 4 else text


@mutant("document-over-16-mebibytes", "VAL-15")
class DocumentOver16Mebibytes(Storing):
    """A message of more than 16 MiB fails, and no such limit is stated."""

    def _stored(self, record: Any) -> None:
        if len(dump_json(record).encode()) > 16 * MEBIBYTE:
            raise RuntimeError("document exceeds maximum size")


@mutant("text-in-result-unescaped", "VAL-09")
class TextInResultUnescaped(Storing):
    """HTML's character references are decoded in the text blocks of a tool result."""

    def _stored(self, record: Any) -> None:
        for block in blocks_in_results(record["content"]):
            if block.get("type") == "text" and isinstance(block.get("text"), str):
                block["text"] = html.unescape(block["text"])


@mutant("tool-input-decomposed", "VAL-09")
class ToolInputDecomposed(Storing):
    """Text in the input of a tool_use block comes back in Unicode's normal form D."""

    def _stored(self, record: Any) -> None:
        for block in blocks_of(record["content"], "tool_use"):
            block["input"] = changed_leaves(block.get("input"), self._decomposed)

    def _decomposed(self, value: Any) -> Any:
        return unicodedata.normalize("NFD", value) if type(value) is str else value


@mutant("tool-input-keys-lowered", "VAL-08")
class ToolInputKeysLowered(Storing):
    """The keys of the input of a tool_use block come back in lower case."""

    def _stored(self, record: Any) -> None:
        for block in blocks_of(record["content"], "tool_use"):
            block["input"] = with_keys(block.get("input"), str.lower)


@mutant("metadata-keys-without-astral", "VAL-09")
class MetadataKeysWithoutAstral(Storing):
    """Characters that take four bytes are lost from the keys of the metadata."""

    def _stored(self, record: Any) -> None:
        record["metadata"] = with_keys(
            record["metadata"],
            lambda key: "".join(each for each in key if each <= LAST_OF_THREE_BYTES),
        )


@mutant("inner-metadata-keys-composed", "VAL-09")
class InnerMetadataKeysComposed(Storing):
    """Keys below the first level of the metadata come back in Unicode's normal form C."""

    def _stored(self, record: Any) -> None:
        record["metadata"] = {
            key: with_keys(value, lambda inner: unicodedata.normalize("NFC", inner))
            for key, value in record["metadata"].items()
        }


@mutant("line-separators-as-newlines", "VAL-09")
class LineSeparatorsAsNewlines(MetadataLeaves):
    """Unicode's line separator in a value of the metadata becomes a newline."""

    def _leaf(self, value: Any) -> Any:
        return value.replace("\u2028", "\n") if type(value) is str else value


@mutant("digits-as-numbers", "VAL-09")
class DigitsAsNumbers(MetadataLeaves):
    """A string of digits in the metadata comes back as a number."""

    def _leaf(self, value: Any) -> Any:
        digits = type(value) is str and value.isascii() and value.isdigit() and len(value) < 19
        return int(value) if digits else value


@mutant("control-characters-lost", "VAL-09")
class ControlCharactersLost(MetadataLeaves):
    """Control characters that XML does not have are lost from the values of the metadata."""

    def _leaf(self, value: Any) -> Any:
        if type(value) is not str:
            return value
        return "".join(each for each in value if each >= " " or each in "\0\t\n\r")


@mutant("zero-is-no-summary", "SUM-01")
class ZeroIsNoSummary(SummaryText):
    """The summary "0" counts as none."""

    def _text(self, text: str) -> str:
        return "" if text == "0" else text


@mutant("blank-is-no-summary", "SUM-01")
class BlankIsNoSummary(SummaryText):
    """A summary that is one blank counts as none."""

    def _text(self, text: str) -> str:
        return "" if text == " " else text


@mutant("null-is-no-summary", "SUM-01")
class NullIsNoSummary(SummaryText):
    """The summary "null" counts as none."""

    def _text(self, text: str) -> str:
        return "" if text == "null" else text


@mutant("summary-formatted", "SUM-01")
class SummaryFormatted(SummaryText):
    """Two percent signs in a summary become one, as in a format."""

    def _text(self, text: str) -> str:
        return text.replace("%%", "%")


@mutant("summary-decomposed", "SUM-01")
class SummaryDecomposed(SummaryText):
    """The summary comes back in Unicode's normal form D."""

    def _text(self, text: str) -> str:
        return unicodedata.normalize("NFD", text)


@mutant("summary-cut-at-65535-bytes", "SUM-01")
class SummaryCutAt65535Bytes(SummaryText):
    """The summary is cut at 65,535 bytes."""

    def _text(self, text: str) -> str:
        return cut_at_bytes(text, 65_535)
