"""Tests of what surrounds an instance."""
