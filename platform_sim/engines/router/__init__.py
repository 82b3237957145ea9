"""The router: one port for everything, requests to dynos with the real router's errors and log lines.

Permission: may open sockets and run its own loop in its own thread; imports `core.model.seams` only, and
knows neither the store nor another engine. What it must know comes in as Routes, Streams and LogSink.
"""
