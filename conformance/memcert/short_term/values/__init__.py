"""Hostile values by kind, each with its name and the fault that it catches.

One dictionary for every rule: what a store gets wrong in a text it gets wrong wherever a text can
stand, so that `memcert.short_term.positions` puts each at every position of its kind.
"""
