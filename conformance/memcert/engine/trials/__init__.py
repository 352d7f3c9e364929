"""Trials: programs whose clients act at the same time, or that something befalls."""
