"""Contract coverage: what of the contract a run has touched."""
