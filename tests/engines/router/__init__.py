"""Tests of platform_sim/engines/router: real sockets on free ports, scripted backends, short limits."""
