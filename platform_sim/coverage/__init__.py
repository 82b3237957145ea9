"""What of the contract a run has touched: rules, states of add-ons, links of the API (docs/coverage.md).

`watch.py` hears what goes to and fro, keeps it in memory, and says nothing of it but which row of which table it was.
"""
