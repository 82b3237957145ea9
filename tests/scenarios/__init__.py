"""Tests of scenario files: the language, the player, the reports."""
