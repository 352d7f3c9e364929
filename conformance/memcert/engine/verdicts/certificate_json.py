"""The certificate's JSON form, which anybody may have written: ``certificate.schema.json``."""

from __future__ import annotations

import hashlib
import json
import math
import sys
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from cattrs import Converter

from memcert.engine.output.foreign_text import one_line
from memcert.engine.programs.outcome import shortened
from memcert.engine.verdicts.certificate import FORMAT, Capability, Certificate
from memcert_reference.json_text import dump_json, load_json

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

_LONG = 10**4290
"""Python makes text of up to 4,300 digits, and a sum of counts may have some more than each."""

_DEEPEST = 200
"""A value of a program may be nested 100 deep; the rest of a certificate is not by far."""


class MalformedCertificate(Exception):
    """A certificate's JSON is not what it should be; one line that says where."""


def _converter() -> Converter:
    converter = Converter(detailed_validation=False, unstruct_collection_overrides={tuple: list})
    # The schema has seen to the types. A number stays as it was written: the digest is of that.
    for kind in (bool, int, float, str, Capability):
        converter.register_structure_hook(kind, lambda value, _: value)
    return converter


_CONVERTER = _converter()


def certificate_json(certificate: Certificate) -> dict[str, Any]:
    """Return a certificate's JSON form.

    Args:
        certificate: the certificate.
    """
    data: dict[str, Any] = _CONVERTER.unstructure(certificate)
    return data


def digest_of(data: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a certificate without its digest, with its keys sorted.

    Args:
        data: the JSON form, with or without its digest.
    """
    rest = {key: value for key, value in data.items() if key != "digest"}
    return hashlib.sha256(dump_json(_sorted(rest)).encode()).hexdigest()


def parse_certificate(text: str | bytes) -> Certificate:
    """Return the certificate of a JSON text.

    Args:
        text: the JSON text.

    Raises:
        ValueError: it is not JSON.
        RecursionError: it is nested too deep to be read.
        MalformedCertificate: it is not a certificate.
    """
    data = load_json(text)
    # Who reads the first of two equal keys would read another certificate.
    json.loads(text, object_pairs_hook=_refuse_repeats, parse_int=len)
    return read_certificate(data)


def read_certificate(data: Any) -> Certificate:
    """Return the certificate of a JSON form.

    Args:
        data: the JSON data, such as a result of `certificate_json`.

    Raises:
        MalformedCertificate: it is not a certificate.
    """
    shown = _showable(data, "$", 0)
    if isinstance(shown, dict) and shown.get("format", FORMAT) != FORMAT:
        format_ = shortened(shown["format"], characters=80)
        raise _malformed(f"its format is {format_}; this kit reads {FORMAT}")
    _check(shown)
    return _CONVERTER.structure(data, Certificate)


def _check(data: Any) -> None:
    from jsonschema.exceptions import best_match

    error = best_match(_validator().iter_errors(data))
    if error is not None:
        # What is there may be as long as the file; what is wrong with it comes after it.
        there = shortened(error.instance, characters=80)
        said = error.message.replace(repr(error.instance), there, 1)
        raise _malformed(said, error.json_path)


@cache
def _validator() -> Validator:
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend

    # By itself it takes 8.0 for an integer, and integers that no `float` can hold for numbers.
    types = Draft202012Validator.TYPE_CHECKER.redefine_many(
        {
            "integer": lambda _, value: type(value) is int,
            "number": lambda _, value: (
                type(value) is float or (type(value) is int and abs(value) < sys.float_info.max)
            ),
        }
    )
    text = files("memcert.engine.verdicts").joinpath("certificate.schema.json").read_text("utf-8")
    kind = extend(Draft202012Validator, type_checker=types)  # type: ignore[no-untyped-call]
    validator: Validator = kind(json.loads(text))
    return validator


class _TooLong:
    """An integer that is too long to be shown, wherever a message would show it."""

    def __repr__(self) -> str:
        return "a very long integer"


def _showable(value: Any, path: str, depth: int) -> Any:
    """Return JSON data that messages can show, and refuse what JSON text cannot hold."""
    if depth > _DEEPEST:
        raise MalformedCertificate("it is no certificate: it is nested too deep")
    if isinstance(value, dict):
        return {
            _showable(key, path, depth): _showable(each, f"{path}.{key}", depth + 1)
            for key, each in value.items()
        }
    if isinstance(value, list):
        return [
            _showable(each, f"{path}[{number}]", depth + 1) for number, each in enumerate(value)
        ]
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise _malformed(error.reason, path) from error
    elif isinstance(value, float) and not math.isfinite(value):
        raise _malformed(f"{value} is no number of JSON", path)
    elif isinstance(value, int) and abs(value) >= _LONG:
        return _TooLong()
    return value


def _malformed(text: str, path: str = "") -> MalformedCertificate:
    parts = [shortened(part, quote=False) for part in (path, text) if part]
    return MalformedCertificate(
        one_line(f"it is not a certificate of this format: {': '.join(parts)}")
    )


def _refuse_repeats(pairs: list[tuple[str, Any]]) -> None:
    seen = set()
    for key, _ in pairs:
        if key in seen:
            raise _malformed(f"the key {shortened(key)} is there twice in one object")
        seen.add(key)


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [_sorted(item) for item in value]
    return value
