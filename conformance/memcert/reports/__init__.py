"""What a run found, in every form in which somebody wants it.

Each report is made from the certificate, so that a kept certificate can be shown again.
"""
