"""Tests of platform_sim/web/api/handlers."""
