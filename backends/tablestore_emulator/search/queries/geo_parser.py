"""Reads queries for places."""

from tablestore_emulator.search import geo
from tablestore_emulator.search.errors import invalid
from tablestore_emulator.search.field import Field
from tablestore_emulator.search.geo import Point
from tablestore_emulator.search.messages import Message, pb
from tablestore_emulator.search.queries.geo import GeoQuery, box, circle, polygon

MAX_POLYGON_POINTS = 1000


def parse_point(text: str) -> Point:
    """Read `latitude,longitude`.

    Args:
        text: the point as a query has it.

    Returns:
        The point.

    Raises:
        SearchError: it is none.
    """
    place = geo.point(text)
    if place is None:
        raise invalid(f"'{text}' is not a geo point: 'latitude,longitude' in degrees")
    return place


def parse_geo(field: Field, message: Message) -> GeoQuery:
    """Read a query for places.

    Args:
        field: the field of places.
        message: a `GeoBoundingBoxQuery`, `GeoDistanceQuery` or `GeoPolygonQuery`.

    Returns:
        The query.

    Raises:
        SearchError: a point, the distance or the number of points is wrong.
    """
    if isinstance(message, pb.GeoBoundingBoxQuery):
        top_left, bottom_right = parse_point(message.top_left), parse_point(message.bottom_right)
        if top_left[0] < bottom_right[0]:
            raise invalid("The top left of a bounding box is below its bottom right.")
        return box(field, top_left, bottom_right)
    if isinstance(message, pb.GeoDistanceQuery):
        if not 0 <= message.distance < float("inf"):
            raise invalid("The distance of a geo distance query must be a positive number.")
        return circle(field, parse_point(message.center_point), message.distance)
    if not 3 <= len(message.points) <= MAX_POLYGON_POINTS:
        raise invalid(f"A polygon needs 3 to {MAX_POLYGON_POINTS} points.")
    return polygon(field, tuple(parse_point(point) for point in message.points))
