"""Logins by browser: tells the program that waits what the person has said. Opens no socket, the edge serves it."""
