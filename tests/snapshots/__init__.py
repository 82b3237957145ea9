"""Snapshots: a platform in one file."""
