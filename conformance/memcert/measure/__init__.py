"""What memcert's own backends cost on real stores, beside the bare driver with the same bytes.

Run as ``python -m memcert.measure reports`` (``nox -s measure``). Counts say what must hold on any
machine; times are taken side by side in one run, interleaved, and compared as paired ratios.
"""
