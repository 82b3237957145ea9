"""Scenario files: what a platform has, what is done with it and what is to come of it, in YAML (docs/scenarios.md).

Asks one platform at its public doors (the API, `/sim`) and visits pages on this machine over HTTP; may start the
programs that a file names and ends them with it. Knows no rows and starts no platform: whoever plays brings one.
"""
