"""The certificate's JSON form: what is none is refused in one line that says where."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import fields, is_dataclass, replace
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any, get_args, get_type_hints

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memcert.engine.output.foreign_text import one_line
from memcert.engine.programs.fault import Cancel
from memcert.engine.programs.program import Client, Looks, Program, SpaceName, Step
from memcert.engine.verdicts.certificate import Certificate
from memcert.engine.verdicts.certificate_json import (
    MalformedCertificate,
    certificate_json,
    digest_of,
    parse_certificate,
    read_certificate,
)
from memcert.engine.verdicts.verification import faults
from memcert.reports.files import readable_json
from memcert.reports.summary import corpus_line, headline, run_line, store_line
from memcert.short_term import CONTRACT
from memcert.short_term.messages import Message
from memcert.short_term.operations import Add, Clear, Size
from memcert_reference.json_text import dump_json, load_json

SCHEMA = json.loads(
    files("memcert.engine.verdicts").joinpath("certificate.schema.json").read_text("utf-8")
)

TEXT = (Path(__file__).parents[4] / "reports" / "redis-embedded.json").read_text("utf-8")


def example(program: Any) -> dict[str, Any]:
    return {
        "program": program,
        "step": 0,
        "operation": "await memory.size()",
        "expected": "returned 0",
        "observed": "returned 1",
        "hang": False,
        "refused": [],
        "client": 0,
        "look": False,
    }


def nested(levels: int) -> Any:
    value: Any = "deepest"
    for _ in range(levels):
        value = [value]
    return value


def put(path: str, value: Any) -> Any:
    """Return a good certificate's JSON form with something else in one place."""
    data: Any = load_json(TEXT)
    place = data
    *before, last = [int(each) if each.isdigit() else each for each in path.split(".")]
    for key in before:
        place = place[key]
    place[last] = value
    return data


OF_ONE_STEP = {"format": 1, "steps": [{"operation": "size"}]}

MALFORMED = [
    ("format", 1, "its format is 1; this kit reads 3"),
    ("format", "1", "its format is '1'; this kit reads 3"),
    ("format", True, "its format is True; this kit reads 3"),
    ("format", 10**5000, "its format is a very long integer; this kit reads 3"),
    ("format", nested(900), "it is nested too deep"),
    ("format", nested(150), "its format is [["),
    ("more", 1, "$: Additional properties are not allowed ('more' was unexpected)"),
    ("kit", {"name": "memcert"}, "$.kit: 'version' is a required property"),
    ("kit.name", "another", "$.kit.name: 'memcert' was expected"),
    ("contract.digest", "0", "$.contract.digest: '0' does not match '^[0-9a-f]{64}$'"),
    ("backend.name", "\ud800", "$.backend.name: surrogates not allowed"),
    ("backend.capabilities", {}, "$.backend.capabilities: 'durable' is a required property"),
    ("backend.capabilities.file", 1, "$.backend.capabilities.file: 1 is not of type 'boolean'"),
    ("backend.capabilities.own", 1.5, "$.backend.capabilities.own: 1.5 is not of type"),
    ("store", 7, "$.store: 7 is not of type 'object', 'null'"),
    ("store", {"store": "redis", "how": "url"}, "$.store: 'version' is a required property"),
    ("store.how", "by hand", "$.store.how: 'by hand' is not one of ['embedded', "),
    ("drivers", {"redis": 8}, "$.drivers.redis: 8 is not of type 'string'"),
    ("drivers", {"a\n\x1b[31m": 8}, ": 8 is not of type 'string'"),
    ("drivers", {"a" * 100_000: 8}, "aaa...: 8 is not of type 'string'"),
    ("drivers", {"\ud800": "8"}, "$.drivers: surrogates not allowed"),
    ("platform", [], "$.platform: [] is not of type 'object'"),
    ("run.seed", "0", "$.run.seed: '0' is not of type 'integer'"),
    ("run.programs", -1, "$.run.programs: -1 is less than the minimum of 0"),
    ("run.programs", True, "$.run.programs: True is not of type 'integer'"),
    ("run.programs", 8.0, "$.run.programs: 8.0 is not of type 'integer'"),
    ("run.programs", 10**5000, "$.run.programs: a very long integer is not of type 'integer'"),
    ("run.seconds", 10**400, "... is not of type 'number'"),
    ("run.seconds", float("inf"), "$.run.seconds: inf is no number of JSON"),
    ("run.seconds", float("nan"), "$.run.seconds: nan is no number of JSON"),
    ("run.rules", "ADD-01", "$.run.rules: 'ADD-01' is not of type 'array'"),
    ("level.asked", None, "$.level.asked: None is not one of ['core', "),
    ("level.reached", "top", "$.level.reached: 'top' is not one of ['core', "),
    ("level.reached", nested(150), "$.level.reached: [["),
    ("level", nested(200), "it is nested too deep"),
    ("verdicts", {}, "$.verdicts: {} is not of type 'array'"),
    ("verdicts", [], "$.verdicts: [] should be non-empty"),
    ("verdicts.3", 7, "$.verdicts[3]: 7 is not of type 'object'"),
    ("verdicts.3.finding", "fine", "$.verdicts[3].finding: 'fine' is not one of ['passed', "),
    ("verdicts.3.counterexample", {"step": 0}, "counterexample: 'program' is a required"),
    ("verdicts.3.counterexample", 10**5000, "$.verdicts[3].counterexample: a very long integer"),
    (
        "verdicts.3.counterexample",
        example({"format": 1, "steps": [{"x": 10**5000}]}),
        "$.verdicts[3].counterexample.program.steps[0]: 'operation' is a required property",
    ),
    (
        "verdicts.3.counterexample",
        example({"format": 1, "steps": [{"operation": "size", "x": float("nan")}]}),
        "$.verdicts[3].counterexample.program.steps[0].x: nan is no number of JSON",
    ),
    (
        "verdicts.3.counterexample",
        example({"format": 1, "steps": [{"operation": "size", "x": nested(200)}]}),
        "it is nested too deep",
    ),
    ("complaints", [""] * 3 + [3], "$.complaints[3]: 3 is not of type 'string'"),
    ("digest", "x" * 5000, "does not match '^[0-9a-f]{64}$'"),
]


@pytest.mark.parametrize(("path", "value", "said"), MALFORMED, ids=[each[0] for each in MALFORMED])
def test_what_is_malformed_is_told_in_one_line_that_says_where(
    path: str, value: Any, said: str
) -> None:
    with pytest.raises(MalformedCertificate) as raised:
        read_certificate(put(path, value))
    line = str(raised.value)
    assert said in line
    assert one_line(line) == line
    assert len(line) < 700


@pytest.mark.parametrize("path", ["kit", "digest", "run.faults", "verdicts.0.reason", "store.how"])
def test_what_is_missing_is_named(path: str) -> None:
    data = put(path, None)
    place = data
    *before, last = path.split(".")
    for key in before:
        place = place[int(key) if key.isdigit() else key]
    del place[last]
    with pytest.raises(MalformedCertificate, match=f"'{last}' is a required property"):
        read_certificate(data)


def test_a_key_that_is_there_twice_is_refused() -> None:
    for key, again in (
        (
            "level",
            '"level": {"asked":"core","reached":"core","strict_failed":0,"strict_unknown":0}',
        ),
        ("seed", '"seed": 1'),
    ):
        text = TEXT.replace(f'"{key}":', f'{again}, "{key}":', 1)
        assert text != TEXT
        with pytest.raises(MalformedCertificate, match=f"the key '{key}' is there twice"):
            parse_certificate(text)


def test_a_program_may_hold_any_value_of_the_contract() -> None:
    values = [10**5000, -(10**4400), 1e308, "\x00 \U0001f600", nested(100), {"": None}]
    step = Step(Add((Message("m0", metadata={"k": values}),)))
    data = put("verdicts.3.counterexample", example(Program((step,)).to_json()))
    data["digest"] = digest_of(data)
    certificate = parse_certificate(dump_json(data))
    assert certificate_json(certificate) == data
    # A kept certificate may be older than the newest rules, which is another fault.
    assert f"{certificate.verdicts[3].rule} passed with a counterexample" in faults(
        certificate, CONTRACT
    )


def test_every_part_of_a_program_is_in_the_schema() -> None:
    program = Program(
        (Step(Size(), 1, Cancel(2, later=1)),),
        (SpaceName("u", "s", shared_session=True), SpaceName(shared_user=True)),
        (Client(), Client(1, process=True)),
        fresh_store=True,
        blind_to=("size",),
        branches=((Step(Clear()),), (Step(Size(), 0, Cancel()),)),
        schedule=(1, 0),
        pool=2,
        in_order=True,
        judges_errors=True,
        looks=Looks.NEVER,
        expiry=2,
    ).to_json()
    assert program.keys() == SCHEMA["$defs"]["program"]["properties"].keys()
    assert program.keys() == {"format", *(each.name for each in fields(Program))}
    data = put("verdicts.3.counterexample", example(program))
    jsonschema.Draft202012Validator(SCHEMA).validate(data)
    found = read_certificate(data).verdicts[3].counterexample
    assert found is not None
    assert found.program == program


def test_the_schema_and_the_classes_are_of_the_same_fields() -> None:
    compared: list[Any] = []

    def compare(kind: Any, schema: Any) -> None:
        compared.append(kind)
        hints = get_type_hints(kind)
        names = [field.name for field in fields(kind)]
        assert names == schema["required"]
        assert set(names) == set(schema["properties"])
        for name in names:
            part = schema["properties"][name]
            part = part.get("items", part)
            part = part.get("allOf", [part])[0]
            part = SCHEMA["$defs"][part["$ref"].split("/")[-1]] if "$ref" in part else part
            for found in (hints[name], *get_args(hints[name])):
                if is_dataclass(found):
                    compare(found, part)

    compare(Certificate, SCHEMA)
    assert len(compared) == 13


def test_numbers_stay_as_they_were_written() -> None:
    # Another tool may write 30 for 30.0: the digest is of what is there.
    for number in (30, 30.0, 0.1):
        data = put("run.time_limit", number)
        text = readable_json(read_certificate(data))
        assert f'"time_limit":{number},' in text


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters())
    | st.sampled_from([400, 4000, 5000]).map(lambda digits: 10**digits)
    | st.sampled_from(["core", "passed", "0" * 64, "\ud800", nested(150), nested(900)]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def places(value: Any) -> list[tuple[Any, ...]]:
    items: Any = ()
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list):
        items = list(enumerate(value))[:2]
    return [(key, *rest) for key, each in items for rest in ((), *places(each))]


GOOD: Any = load_json(TEXT)
GOOD["verdicts"] = GOOD["verdicts"][:2]
GOOD["verdicts"][0]["counterexample"] = example(OF_ONE_STEP)


@settings(max_examples=300, deadline=timedelta(seconds=5), derandomize=True, database=None)
@given(st.sampled_from(places(GOOD)), JSON_VALUES)
def test_whatever_is_there_it_is_a_certificate_or_told_in_one_line(
    place: tuple[Any, ...], value: Any
) -> None:
    data = deepcopy(GOOD)
    inner = data
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    try:
        certificate = read_certificate(data)
    except MalformedCertificate as error:
        said = str(error)
        assert one_line(said) == said
        return
    assert certificate_json(certificate) == data
    # All that `memcert verify` says of it can be said.
    faults(certificate, CONTRACT)
    for line in (headline, store_line, run_line, corpus_line):
        line(certificate)


def test_an_object_is_not_bent_afterwards() -> None:
    certificate = parse_certificate(TEXT)
    with pytest.raises(AttributeError):
        certificate.level.reached = None  # type: ignore[misc]
    changed = replace(certificate, level=replace(certificate.level, strict_failed=1))
    assert "its digest does not match: it was changed after it was written" in faults(
        changed, CONTRACT
    )
