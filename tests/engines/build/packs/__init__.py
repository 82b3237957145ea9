"""Tests of the built-in buildpacks."""
