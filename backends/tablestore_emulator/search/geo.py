"""Places on the globe: points, distances, areas, geohashes."""

import math
import re
from collections.abc import Sequence

Point = tuple[float, float]
"""A latitude and a longitude, in degrees."""

EARTH_RADIUS = 6_371_008.7714
"""The mean radius, in metres, that Lucene computes with."""

STEPS = (180 / 2**32, 360 / 2**32)
"""Lucene rounds latitudes and longitudes down to a multiple of these, in degrees."""

_NUMBER = r"\s*([+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d{1,3})?)\s*"
_POINT = re.compile(f"{_NUMBER},{_NUMBER}", re.ASCII)
_GEOHASH_DIGITS = "0123456789bcdefghjkmnpqrstuvwxyz"


def point(text: str) -> Point | None:
    """Read `latitude,longitude`.

    Args:
        text: two numbers in degrees.

    Returns:
        The point, or None if the text is none or not on the globe.
    """
    found = _POINT.fullmatch(text)
    if not found:
        return None
    latitude, longitude = float(found[1]), float(found[2])
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None


def distance(one: Point, other: Point) -> float:
    """Return the distance along the globe, in metres."""
    latitude, other_latitude = math.radians(one[0]), math.radians(other[0])
    half = math.sin((other_latitude - latitude) / 2) ** 2
    turn = math.sin(math.radians(other[1] - one[1]) / 2) ** 2
    chord = half + math.cos(latitude) * math.cos(other_latitude) * turn
    return 2 * EARTH_RADIUS * math.asin(min(1.0, math.sqrt(chord)))


def plane_distance(one: Point, other: Point) -> float:
    """Return the distance on a flat map, in metres: quicker, wrong far away and near the poles."""
    middle = math.cos(math.radians((one[0] + other[0]) / 2))
    width = math.radians(other[1] - one[1]) * middle
    return EARTH_RADIUS * math.hypot(width, math.radians(other[0] - one[0]))


def in_box(place: Point, top_left: Point, bottom_right: Point) -> bool:
    """Tell whether a place is in a box; a box may cross the date line.

    Its lower edge is not in it, as the service's tests show; its other edges are.
    """
    if not bottom_right[0] < place[0] <= top_left[0]:
        return False
    west, east = top_left[1], bottom_right[1]
    if west <= east:
        return west <= place[1] <= east
    return place[1] >= west or place[1] <= east


def in_polygon(place: Point, corners: Sequence[Point]) -> bool:
    """Tell whether a place is in a polygon on the flat map, by the even-odd rule.

    The place is rounded as Lucene's index has it, which decides what is on an edge.
    """
    latitude, longitude = (
        math.floor(degrees / step) * step for degrees, step in zip(place, STEPS, strict=True)
    )
    inside = False
    for (one_latitude, one_longitude), (latitude_2, longitude_2) in zip(
        corners, [*corners[1:], corners[0]], strict=True
    ):
        if (one_latitude > latitude) != (latitude_2 > latitude):
            share = (latitude - one_latitude) / (latitude_2 - one_latitude)
            if longitude < one_longitude + share * (longitude_2 - one_longitude):
                inside = not inside
    return inside


def geohash(place: Point, precision: int) -> tuple[str, Point, Point]:
    """Return the cell of the geohash grid that a place is in.

    Args:
        place: the place.
        precision: the number of digits, 1 to 12.

    Returns:
        The geohash, and the cell's top left and bottom right corners.
    """
    south, north, west, east = -90.0, 90.0, -180.0, 180.0
    digits = []
    bits = 0
    for index in range(precision * 5):
        bits <<= 1
        if index % 2 == 0:
            middle = (west + east) / 2
            if place[1] >= middle:
                bits, west = bits | 1, middle
            else:
                east = middle
        else:
            middle = (south + north) / 2
            if place[0] >= middle:
                bits, south = bits | 1, middle
            else:
                north = middle
        if index % 5 == 4:
            digits.append(_GEOHASH_DIGITS[bits])
            bits = 0
    return "".join(digits), (north, west), (south, east)
