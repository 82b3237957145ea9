"""Tests of the add-ons themselves."""
