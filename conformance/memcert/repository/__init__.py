"""Jobs of this repository, which the noxfile runs: for its maintainers, not for users."""
