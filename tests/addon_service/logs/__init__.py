"""Tests of the logs of an instance's apps."""
