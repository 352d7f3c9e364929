"""How a program runs: its clients one after another, or at the same time with faults."""
