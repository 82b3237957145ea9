"""Log lines and output: taken from any thread, kept in rings and files, told to whoever listens.

Permission: may write files in the folders it is given and run one writer thread; opens no socket (the edge
serves its `Streams`) and knows no other engine. Hub, sessions and outputs know of the platform only
`core.model.seams`; what the store's events say in a log is in `api_lines` and `release_output`.
"""
