"""Reads one field of a schema, and refuses what the service would."""

from tablestore_emulator.search import dates
from tablestore_emulator.search.analyzers import (
    MAX_WORD,
    MIN_WORD,
    Analyzer,
    Fuzzy,
    Split,
    Words,
)
from tablestore_emulator.search.errors import invalid
from tablestore_emulator.search.field import Field, FieldType, VectorMetric
from tablestore_emulator.search.messages import Message, given, parsed, pb

MAX_NESTING = 5
MAX_DIMENSION = 4096
ANALYZERS = ("single_word", "max_word", "min_word", "split", "fuzzy")


def parse_field(message: Message, scope: str, prefix: str, depth: int) -> Field:
    """Read a field and those inside it.

    Args:
        message: the protobuf message `FieldSchema`.
        scope: the full name of the nested field around it, empty for none.
        prefix: what its full name begins with, such as `tags.`, empty at the top.
        depth: how many nested fields are around it.

    Returns:
        The field.

    Raises:
        SearchError: a name, type or option is wrong.
    """
    if not message.field_name:
        raise invalid("The name of a field is empty.")
    name = prefix + message.field_name
    if not message.HasField("field_type"):
        raise invalid(f"field [{name}] has no known type")
    kind = FieldType(message.field_type)
    _check(message, name, kind)
    opens_scope = kind is FieldType.NESTED or (
        kind is FieldType.JSON and message.json_type == pb.NESTED_JSON
    )
    depth += opens_scope
    if depth > MAX_NESTING:
        raise invalid(f"field [{name}] is nested in more than {MAX_NESTING} levels")
    inside = tuple(
        parse_field(one, name if opens_scope else scope, name + ".", depth)
        for one in message.field_schemas
    )
    source = message.source_field_names[0] if message.is_virtual_field else message.field_name
    options = message.vector_options
    return Field(
        name=name,
        source=source,
        type=FieldType.NESTED if opens_scope else kind,
        scope=scope,
        is_array=message.is_array,
        is_index=given(message, "index") is not False,
        is_sortable=given(message, "enable_sort_and_agg") is not False,
        is_stored=given(message, "store") is not False,
        is_virtual=message.is_virtual_field,
        highlight=message.enable_highlighting,
        highlights_phrases=message.analyzer != "max_word",
        analyzer=_analyzer(message, name) if kind is FieldType.TEXT else None,
        date_formats=tuple(message.date_formats),
        dimension=options.dimension,
        metric=VectorMetric(options.metric_type),
        fields=inside,
    )


def _check(message: Message, name: str, kind: FieldType) -> None:
    has_fields = kind in (FieldType.NESTED, FieldType.JSON)
    if has_fields and not message.field_schemas:
        raise invalid(f"field [{name}] needs fields of its own")
    if message.field_schemas and not has_fields:
        raise invalid(f"field [{name}] cannot have fields of its own")
    if kind is FieldType.JSON and not message.HasField("json_type"):
        raise invalid(f"field [{name}] needs a json_type")
    if message.analyzer and kind is not FieldType.TEXT:
        raise invalid(f"field [{name}] cannot have an analyzer: only text fields can")
    if message.enable_highlighting and kind is not FieldType.TEXT:
        raise invalid(f"field [{name}] cannot be highlighted: only text fields can")
    if message.is_virtual_field and len(message.source_field_names) != 1:
        raise invalid(f"virtual field [{name}] needs one source field")
    if kind is FieldType.DATE:
        if not message.date_formats:
            raise invalid(f"date field [{name}] needs date_formats")
        for pattern in message.date_formats:
            if not dates.known_format(pattern):
                raise invalid(f"date field [{name}] has an unknown format: '{pattern}'")
    if kind is FieldType.VECTOR:
        _check_vector(message, name)


def _check_vector(message: Message, name: str) -> None:
    if message.is_array:
        raise invalid(f"vector field [{name}] cannot be an array")
    if not message.HasField("vector_options"):
        raise invalid(f"vector field [{name}] needs vector_options")
    # Documented is 1; AgentScope's memory asks for 0 unless it is told otherwise, and works.
    if not 0 <= message.vector_options.dimension <= MAX_DIMENSION:
        raise invalid(f"The dimension of vector field [{name}] is not in [1, {MAX_DIMENSION}].")
    if not message.vector_options.HasField("metric_type"):
        raise invalid(f"vector field [{name}] needs a metric_type")


def _analyzer(message: Message, name: str) -> Analyzer:
    kind = message.analyzer or "single_word"
    if kind not in ANALYZERS:
        raise invalid(f"field [{name}] has an unknown analyzer: '{kind}'")
    parameter = message.analyzer_parameter
    if kind == "split":
        delimiter = parsed(pb.SplitAnalyzerParameter, parameter).delimiter
        return Split(delimiter or " ")
    if kind == "fuzzy":
        fuzzy = parsed(pb.FuzzyAnalyzerParameter, parameter)
        shortest, longest = given(fuzzy, "min_chars"), given(fuzzy, "max_chars")
        analyzer = Fuzzy(
            Fuzzy.min_chars if shortest is None else shortest,
            Fuzzy.max_chars if longest is None else longest,
        )
        if not 1 <= analyzer.min_chars <= analyzer.max_chars:
            raise invalid(f"field [{name}]: min_chars must be from 1 to max_chars")
        return analyzer
    if kind == "single_word":
        words = parsed(pb.SingleWordAnalyzerParameter, parameter)
        return Words(words.case_sensitive, words.delimit_word)
    return MAX_WORD if kind == "max_word" else MIN_WORD
