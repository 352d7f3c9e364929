"""The group-by for intervals of time. Times are milliseconds since 1970."""

from collections.abc import Callable
from datetime import date

from tablestore_emulator.search import dates
from tablestore_emulator.search.aggregations.group_by import (
    BY_KEY,
    MAX_GROUPS,
    Parts,
    parse_sorting,
)
from tablestore_emulator.search.aggregations.histogram import Buckets, Histogram
from tablestore_emulator.search.aggregations.request import (
    AggregationRequest,
    value,
    values_of,
)
from tablestore_emulator.search.dates import NANOSECONDS_PER_MILLISECOND
from tablestore_emulator.search.errors import invalid
from tablestore_emulator.search.field import Field, FieldType
from tablestore_emulator.search.messages import Message, given, pb

DAY = 86_400_000
MAX_INTERVAL = 100_000
_DATES = frozenset({FieldType.DATE})
_MILLISECONDS: dict[int, int] = {
    pb.WEEK: 7 * DAY,
    pb.DAY: DAY,
    pb.HOUR: 3_600_000,
    pb.MINUTE: 60_000,
    pb.SECOND: 1000,
    pb.MILLISECOND: 1,
}
_MONTHS: dict[int, int] = {pb.YEAR: 12, pb.QUARTER_YEAR: 3, pb.MONTH: 1}
_FIRST_MONDAY = -3 * DAY  # 1970 began on a Thursday.
_FIRST_DAY = date(1970, 1, 1).toordinal()

Move = Callable[[float], float]


def date_histogram(request: AggregationRequest, message: Message, parts: Parts) -> Histogram:
    """Read a group-by for intervals of time."""
    return Histogram(
        date_buckets(request, message),
        message.min_doc_count,
        parse_sorting(message.sort, parts, BY_KEY),
        lambda result, group: result.group_by_date_histogram_items.add(
            timestamp=int(group.key), row_count=len(group.documents)
        ),
        pb.GroupByDateHistogramResult,
        parts,
    )


def date_buckets(request: AggregationRequest, message: Message) -> Buckets:
    """Read the intervals of a `GroupByDateHistogram`.

    Args:
        request: the request.
        message: the protobuf message.

    Returns:
        The intervals.

    Raises:
        SearchError: the field, the interval, the range or the time zone is wrong.
    """
    field = request.field(message.field_name, _DATES)
    zone = dates.offset_minutes(message.time_zone)
    if zone is None:
        raise invalid(f"'{message.time_zone}' is not a time zone such as +08:00")
    shift = zone * 60_000 - _offset(message.offset)
    start, following = _moves(message.interval)
    least = _milliseconds(field, given(message.field_range, "min"))
    greatest = _milliseconds(field, given(message.field_range, "max"))
    if least is not None and greatest is not None:
        if least > greatest:
            raise invalid("The range of a histogram must begin before it ends.")
        width = _MILLISECONDS.get(message.interval.unit, 28 * DAY) * message.interval.value
        if (greatest - least) / width > MAX_GROUPS + 1:
            raise invalid(f"The number of groups of a histogram exceeds {MAX_GROUPS}.")
    return Buckets(
        values_of(field, value(field, given(message, "missing"))),
        lambda one: start(one + shift) - shift,
        lambda key: following(key + shift) - shift,
        least,
        greatest,
    )


def _milliseconds(field: Field, data: bytes | None) -> int | None:
    found = value(field, data)
    return None if found is None else int(found) // NANOSECONDS_PER_MILLISECOND


def _moves(interval: Message) -> tuple[Move, Move]:
    """From a time to the start of its interval, and from that to the next."""
    if not interval.HasField("unit") or not 1 <= interval.value <= MAX_INTERVAL:
        raise invalid(f"The interval of a date histogram must be in [1, {MAX_INTERVAL}] units.")
    if interval.unit in _MONTHS:
        months = _MONTHS[interval.unit] * interval.value
        return (
            lambda time: _first_of(_month(time) // months * months),
            lambda start: _first_of(_month(start) + months),
        )
    width = _MILLISECONDS[interval.unit] * interval.value
    origin = _FIRST_MONDAY if interval.unit == pb.WEEK else 0
    return (
        lambda time: (time - origin) // width * width + origin,
        lambda start: start + width,
    )


def _month(time: float) -> int:
    """Return the number of months since 1970."""
    day = date.fromordinal(_FIRST_DAY + int(time // DAY))
    return (day.year - 1970) * 12 + day.month - 1


def _first_of(month: int) -> float:
    """When a month begins. After the last year that dates have, everything is one month."""
    year = min(1970 + month // 12, date.max.year)
    return (date(max(1, year), month % 12 + 1, 1).toordinal() - _FIRST_DAY) * DAY


def _offset(offset: Message) -> int:
    if not offset.HasField("unit"):
        return 0
    if offset.unit not in _MILLISECONDS:
        raise invalid("The offset of a date histogram must be in weeks or a shorter unit.")
    if abs(offset.value) > MAX_INTERVAL:
        raise invalid(f"The offset of a date histogram exceeds {MAX_INTERVAL} units.")
    return int(_MILLISECONDS[offset.unit] * offset.value)
