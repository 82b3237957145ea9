"""Tests, laid out as the source is. A package, so that no folder here hides a package of ours."""
