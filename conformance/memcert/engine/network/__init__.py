"""A network between clients and servers that counts, slows down and cuts what passes."""

from memcert.engine.network.cut import Cut
from memcert.engine.network.network import Address, Network, Traffic

__all__ = ["Address", "Cut", "Network", "Traffic"]
