"""How one asks: every door translates a request into one action and its result back. Flask lives here only.

A door never calls an engine: it writes rows, and where it must answer late it waits on a row.
"""
