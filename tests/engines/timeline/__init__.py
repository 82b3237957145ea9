"""Tests of platform_sim/engines/timeline."""
