"""Whom we call: the client of the partner contract and the manifest.

Imports nothing of ours but `core.model`; HTTP goes out here (through `requests`), rows and engines are unknown.
"""
