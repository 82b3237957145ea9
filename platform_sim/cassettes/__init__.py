"""What platform and partner have said, played again: the partner's side to a platform, or the platform's to a partner.

A cassette is data (docs/cassettes.md). Only `home.py` knows that the platform which a partner calls back is a real one.
"""
