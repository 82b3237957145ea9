"""The Platform API: one table of routes, one road that every request takes, one handler a link."""
