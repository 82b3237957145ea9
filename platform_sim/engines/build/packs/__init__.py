"""The built-in buildpacks, one folder each, with the scripts every other buildpack has: bin/detect, compile, release.

They are run as programs and get all they know as arguments and environment; they import nothing of the platform.
"""
