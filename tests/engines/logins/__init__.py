"""Tests of platform_sim/engines/logins."""
