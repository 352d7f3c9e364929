"""Reads queries, and refuses what the service would."""

from tablestore_emulator.search.errors import invalid
from tablestore_emulator.search.field import PLAIN, Field, FieldType
from tablestore_emulator.search.messages import Message, given, pb
from tablestore_emulator.search.queries.compound import (
    BoolQuery,
    ConstScoreQuery,
    DisMaxQuery,
    FunctionScoreQuery,
)
from tablestore_emulator.search.queries.geo_parser import parse_geo
from tablestore_emulator.search.queries.nested_parser import parse_nested
from tablestore_emulator.search.queries.query import Query
from tablestore_emulator.search.queries.query_parser import Parser, QueryParser
from tablestore_emulator.search.queries.terms import (
    ExistsQuery,
    MatchAllQuery,
    PrefixQuery,
    RangeQuery,
    TermsQuery,
    WildcardQuery,
)
from tablestore_emulator.search.queries.text import MinimumShouldMatch
from tablestore_emulator.search.queries.text_parser import (
    parse_least,
    parse_match,
    parse_phrase,
)
from tablestore_emulator.search.queries.vector import KnnVectorQuery
from tablestore_emulator.search.schema import IndexSchema
from tablestore_emulator.search.values import Comparable, coerced, vector
from tablestore_emulator.search.variant import decode

MAX_TERMS = 1024
MAX_PREFIX_BYTES = 1000
MAX_WILDCARD_CHARACTERS = 32
MAX_TOP_K = 1000


def query_parser(schema: IndexSchema, limit: int) -> QueryParser:
    """Return a parser of the queries of one request.

    Args:
        schema: the index's schema.
        limit: how many rows the request asks for: a vector query finds no fewer.
    """
    return QueryParser(_PARSERS, schema, limit)


def _weight(message: Message) -> float:
    weight = given(message, "weight")
    if weight is None:
        return 1.0
    if not 0 <= weight < float("inf"):
        raise invalid("The weight of a query must be a positive number.")
    return float(weight)


def _of_terms(parser: QueryParser, name: str) -> Field:
    field = parser.field(name)
    if field.type not in PLAIN and field.type is not FieldType.TEXT:
        raise invalid(f"field [{name}] of type {field.type.name} has no terms")
    return field


def _of_words(parser: QueryParser, name: str) -> Field:
    field = parser.field(name)
    if field.type not in (FieldType.KEYWORD, FieldType.TEXT):
        raise invalid(f"field [{name}] of type {field.type.name} is neither keyword nor text")
    return field


def _match_all(_parser: QueryParser, _message: Message) -> Query:
    return MatchAllQuery()


def _term(parser: QueryParser, message: Message) -> Query:
    field = _of_terms(parser, message.field_name)
    return TermsQuery(field, (coerced(field, decode(message.term)),), _weight(message))


def _terms(parser: QueryParser, message: Message) -> Query:
    field = _of_terms(parser, message.field_name)
    if not message.terms:
        raise invalid("The terms of a terms query are empty.")
    if len(message.terms) > MAX_TERMS:
        raise invalid(f"The number of terms exceeds {MAX_TERMS}.")
    values = tuple(coerced(field, decode(term)) for term in message.terms)
    return TermsQuery(field, values, _weight(message))


def _range(parser: QueryParser, message: Message) -> Query:
    field = _of_terms(parser, message.field_name)

    def end(name: str) -> Comparable:
        data = given(message, name)
        return None if data is None else coerced(field, decode(data))

    return RangeQuery(
        field, end("range_from"), end("range_to"), message.include_lower, message.include_upper
    )


def _prefix(parser: QueryParser, message: Message) -> Query:
    field = _of_words(parser, message.field_name)
    if len(message.prefix.encode()) > MAX_PREFIX_BYTES:
        raise invalid(f"The length of the prefix exceeds {MAX_PREFIX_BYTES} bytes.")
    return PrefixQuery(field, message.prefix, _weight(message))


def _wildcard(parser: QueryParser, message: Message) -> Query:
    field = _of_words(parser, message.field_name)
    if len(message.value) > MAX_WILDCARD_CHARACTERS:
        raise invalid(f"The length of the wildcard exceeds {MAX_WILDCARD_CHARACTERS} characters.")
    return WildcardQuery(field, message.value, _weight(message))


def _exists(parser: QueryParser, message: Message) -> Query:
    return ExistsQuery(parser.field(message.field_name))


def _match(parser: QueryParser, message: Message) -> Query:
    field = _of_terms(parser, message.field_name)
    if field.type is not FieldType.TEXT:
        return TermsQuery(field, (coerced(field, message.text),), _weight(message))
    return parse_match(field, message, _weight(message))


def _phrase(parser: QueryParser, message: Message) -> Query:
    field = _of_terms(parser, message.field_name)
    if field.type is not FieldType.TEXT:
        return TermsQuery(field, (coerced(field, message.text),), _weight(message))
    return parse_phrase(field, message, _weight(message))


def _bool(parser: QueryParser, message: Message) -> Query:
    def each(queries: Message) -> tuple[Query, ...]:
        return tuple(parser.parse(one) for one in queries)

    has_least = message.HasField("minimum_should_match") or message.new_minimum_should_match
    least: MinimumShouldMatch | None = parse_least(message) if has_least else None
    must, must_not = each(message.must_queries), each(message.must_not_queries)
    filters, should = each(message.filter_queries), each(message.should_queries)
    if not (must or must_not or filters or should):
        raise invalid("A bool query is empty.")
    return BoolQuery(must, must_not, filters, should, least, _weight(message))


def _const_score(parser: QueryParser, message: Message) -> Query:
    return ConstScoreQuery(parser.parse(message.filter))


def _function_score(parser: QueryParser, message: Message) -> Query:
    field = parser.field(message.field_value_factor.field_name)
    if field.type not in (FieldType.LONG, FieldType.DOUBLE):
        raise invalid(f"field [{field.name}] is not a number")
    return FunctionScoreQuery(parser.parse(message.query), field)


def _dis_max(parser: QueryParser, message: Message) -> Query:
    queries = tuple(parser.parse(one) for one in message.queries)
    if not queries:
        raise invalid("A dis max query is empty.")
    if not 0 <= message.tie_breaker <= 1:
        raise invalid("The tie breaker of a dis max query must be in [0, 1].")
    return DisMaxQuery(queries, message.tie_breaker, _weight(message))


def _nested(parser: QueryParser, message: Message) -> Query:
    return parse_nested(parser, message, _weight(message))


def _geo(parser: QueryParser, message: Message) -> Query:
    field = parser.field(message.field_name)
    if field.type is not FieldType.GEO_POINT:
        raise invalid(f"field [{field.name}] is not a geo point")
    return parse_geo(field, message)


def _knn(parser: QueryParser, message: Message) -> Query:
    field = parser.field(message.field_name)
    if field.type is not FieldType.VECTOR:
        raise invalid(f"field [{field.name}] is not a vector")
    if not 1 <= message.top_k <= MAX_TOP_K:
        raise invalid(f"top_k must be in [1, {MAX_TOP_K}].")
    wanted = vector(list(message.float32_query_vector), field.dimension)
    if wanted is None:
        raise invalid(f"The query vector must have {field.dimension} finite numbers.")
    least = given(message, "min_score")
    if least is not None and not least >= 0:
        raise invalid("min_score must be at least 0.")
    return KnnVectorQuery(
        field,
        wanted,
        max(message.top_k, parser.limit),
        parser.parse(message.filter) if message.HasField("filter") else None,
        least,
        _weight(message),
    )


_PARSERS: dict[int, tuple[Message, Parser]] = {
    pb.MATCH_QUERY: (pb.MatchQuery, _match),
    pb.MATCH_PHRASE_QUERY: (pb.MatchPhraseQuery, _phrase),
    pb.TERM_QUERY: (pb.TermQuery, _term),
    pb.RANGE_QUERY: (pb.RangeQuery, _range),
    pb.PREFIX_QUERY: (pb.PrefixQuery, _prefix),
    pb.BOOL_QUERY: (pb.BoolQuery, _bool),
    pb.CONST_SCORE_QUERY: (pb.ConstScoreQuery, _const_score),
    pb.FUNCTION_SCORE_QUERY: (pb.FunctionScoreQuery, _function_score),
    pb.NESTED_QUERY: (pb.NestedQuery, _nested),
    pb.WILDCARD_QUERY: (pb.WildcardQuery, _wildcard),
    pb.MATCH_ALL_QUERY: (pb.MatchAllQuery, _match_all),
    pb.GEO_BOUNDING_BOX_QUERY: (pb.GeoBoundingBoxQuery, _geo),
    pb.GEO_DISTANCE_QUERY: (pb.GeoDistanceQuery, _geo),
    pb.GEO_POLYGON_QUERY: (pb.GeoPolygonQuery, _geo),
    pb.TERMS_QUERY: (pb.TermsQuery, _terms),
    pb.EXISTS_QUERY: (pb.ExistsQuery, _exists),
    pb.KNN_VECTOR_QUERY: (pb.KnnVectorQuery, _knn),
    pb.DIS_MAX_QUERY: (pb.DisMaxQuery, _dis_max),
}
