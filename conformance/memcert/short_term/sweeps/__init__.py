"""The sweeps: deterministic, dense programs that cover the cells of the rules."""
