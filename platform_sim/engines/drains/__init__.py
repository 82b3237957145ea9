"""Log drains: what apps say is sent on, over HTTP or syslog, to whoever the rows name (partner-api §7.1).

Permission: opens connections to the URLs of active drains, runs one thread with an event loop (and one for each
name that is looked up); reads rows, writes none. Lines come through `core.model.seams.LogFeed`; nobody who writes a
line waits for a receiver. Lines that wait live in memory only: they end with the platform.
"""
