"""Dynos: makes the processes that run match the rows that say what is wanted (design §2, style.md).

This room may start processes and look at loopback ports. `runtime.py` is the seam: whoever implements it runs
dynos somewhere, decides nothing and knows nothing of rows; `policy.py` decides and touches nothing;
`supervisor.py` is the only file that knows both and the database. It never imports web or another engine.
"""
