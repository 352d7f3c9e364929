"""What comes out of a run: verdicts, levels, deviations, the certificate and scripts."""
