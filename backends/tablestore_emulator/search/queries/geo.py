"""Queries for places."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from tablestore_emulator.search import geo
from tablestore_emulator.search.collection import Collection
from tablestore_emulator.search.document import Document
from tablestore_emulator.search.field import Field
from tablestore_emulator.search.geo import Point
from tablestore_emulator.search.queries.query import Query


@dataclass(frozen=True)
class GeoQuery(Query):
    """The documents that have a place in an area.

    Args:
        field: a field of places.
        south: the area's lowest latitude: only places from there to `north` are looked at.
        north: the area's highest latitude.
        contains: whether a place is in the area.
    """

    field: Field
    south: float
    north: float
    contains: Callable[[Point], bool]

    def matches(self, collection: Collection) -> set[Document]:
        postings = collection.postings[self.field.name]
        # Places are sorted by latitude, then longitude.
        near = postings.between((self.south, -math.inf), (self.north, math.inf), True, True)
        name = self.field.name
        return {one for one in near if any(map(self.contains, one.values[name]))}


def box(field: Field, top_left: Point, bottom_right: Point) -> GeoQuery:
    """Return the documents with a place in a box."""
    return GeoQuery(
        field,
        bottom_right[0],
        top_left[0],
        lambda place: geo.in_box(place, top_left, bottom_right),
    )


def circle(field: Field, center: Point, distance: float) -> GeoQuery:
    """Return the documents with a place at most so many metres from another."""
    # A little more than the distance in degrees of latitude, for what rounding may lose.
    reach = math.degrees(distance / geo.EARTH_RADIUS) + 1e-6
    return GeoQuery(
        field,
        center[0] - reach,
        center[0] + reach,
        lambda place: geo.distance(place, center) <= distance,
    )


def polygon(field: Field, corners: tuple[Point, ...]) -> GeoQuery:
    """Return the documents with a place in a polygon."""
    latitudes = [corner[0] for corner in corners]
    return GeoQuery(
        field,
        min(latitudes),
        # A place a little further north is rounded to be in it.
        max(latitudes) + geo.STEPS[0],
        lambda place: geo.in_polygon(place, corners),
    )
