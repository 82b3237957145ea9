"""git over HTTP: git itself receives pushes; a hook asks the API for a build and shows its output.

The only door that may start a process: `git`.
"""
