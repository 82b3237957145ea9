"""Tests of platform_sim/engines/logs."""
