"""Cassettes: what was said with a partner, as a file, and either side of it played again."""
