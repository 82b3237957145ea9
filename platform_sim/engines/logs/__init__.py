"""Log lines and output: taken from any thread, kept in rings and files, told to whoever listens.

Permission: may write files in the folders it is given and run one writer thread; opens no socket (the edge
serves its `Streams`), knows neither the store nor another engine, and imports `core.model.seams` only.
"""
