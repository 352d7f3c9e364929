"""Real backends that keep the contract, and how the store of each is started."""
