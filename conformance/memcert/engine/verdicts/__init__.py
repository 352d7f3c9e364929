"""What comes out of a run: verdicts, levels, deviations, saved failures, certificate, scripts."""
