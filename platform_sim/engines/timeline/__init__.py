"""The timeline as it grows: tells those who follow it what is new. Opens no socket, the edge serves it."""
