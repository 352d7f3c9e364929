"""Programs that failed before: those that ship with a contract, and those of one backend."""
