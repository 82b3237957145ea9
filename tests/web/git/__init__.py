"""Tests of platform_sim/web/git."""
