"""Mutants that make of values what libraries for other formats than JSON make of them."""

from __future__ import annotations

import re
from typing import Any

from memcert.short_term.mutants.contents import changed_leaves
from memcert.short_term.mutants.mutant import mutant
from memcert.short_term.mutants.record_host import BlockText, MetadataLeaves, Storing, blocks_of

YAML_WORDS = {"yes": True, "on": True, "no": False, "off": False}
"""What YAML 1.1 reads as truth values, beside those that JSON has."""


class ToolInputs(Storing):
    """A host that changes the inputs of tool_use blocks."""

    def _input(self, value: Any) -> Any:
        return value

    def _stored(self, record: Any) -> None:
        for block in blocks_of(record["content"], "tool_use"):
            if "input" in block:
                block["input"] = self._input(block["input"])


@mutant("yes-is-true", "VAL-09")
class YesIsTrue(MetadataLeaves):
    """The words yes, no, on and off in the metadata come back as truth values, as in YAML."""

    def _leaf(self, value: Any) -> Any:
        return YAML_WORDS.get(value.lower(), value) if type(value) is str else value


@mutant("exponents-as-text", "VAL-10")
class ExponentsAsText(MetadataLeaves):
    """A float that is written with an exponent and no point comes back as text, as in YAML."""

    def _leaf(self, value: Any) -> Any:
        text = repr(value) if type(value) is float else ""
        return text if "e" in text and "." not in text else value


@mutant("dates-with-a-time", "VAL-09")
class DatesWithATime(ToolInputs):
    """A date in the input of a tool_use block comes back with a time, as it was parsed."""

    def _input(self, value: Any) -> Any:
        return changed_leaves(value, self._timed)

    def _timed(self, value: Any) -> Any:
        date = type(value) is str and re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", value)
        return f"{value}T00:00:00" if date else value


@mutant("integers-as-doubles", "VAL-10")
class IntegersAsDoubles(MetadataLeaves):
    """An integer of the metadata up to 2**53 comes back as a float, as in a protobuf Struct."""

    def _leaf(self, value: Any) -> Any:
        return float(value) if type(value) is int and abs(value) <= 2**53 else value


@mutant("whole-floats-in-tool-input", "VAL-10")
class WholeFloatsInToolInput(ToolInputs):
    """A whole float in the input of a tool_use block is an integer, as in JavaScript's JSON."""

    def _input(self, value: Any) -> Any:
        return changed_leaves(
            value, lambda leaf: int(leaf) if type(leaf) is float and leaf.is_integer() else leaf
        )


@mutant("no-items-as-no-keys", "VAL-08")
class NoItemsAsNoKeys(ToolInputs):
    """An empty list in the input of a tool_use block comes back as an object, as in Lua."""

    def _input(self, value: Any) -> Any:
        if type(value) is list:
            return [self._input(item) for item in value] or {}
        if type(value) is dict:
            return {key: self._input(item) for key, item in value.items()}
        return value


@mutant("integers-over-64-bits-fail", "VAL-10")
class IntegersOver64BitsFail(Storing):
    """A content with an integer of more than 64 bits fails, as in fast libraries for JSON."""

    def _stored(self, record: Any) -> None:
        changed_leaves(record["content"], self._fitting)

    def _fitting(self, value: Any) -> Any:
        if type(value) is int and not -(2**63) <= value < 2**64:
            raise OverflowError("the integer exceeds the range of 64 bits")
        return value


@mutant("url-safe-image-data", "VAL-08")
class UrlSafeImageData(BlockText):
    """The data of an image comes back in the alphabet of base64 that is safe in addresses."""

    kind, path = "image", ("source", "data")

    def _text(self, text: str) -> str:
        return text.replace("+", "-").replace("/", "_")


@mutant("underscored-keys-dropped", "VAL-14")
class UnderscoredKeysDropped(Storing):
    """Keys of the metadata that begin with an underscore are dropped, as private attributes are."""

    def _stored(self, record: Any) -> None:
        record["metadata"] = {
            key: value for key, value in record["metadata"].items() if not key.startswith("_")
        }
