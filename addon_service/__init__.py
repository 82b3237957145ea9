"""The reference add-on partner: a program of its own that knows Heroku only by HTTP.

It keeps its own database and dashboard and imports nothing of the platform, so that any other partner,
in any language, can stand in its place. README.md in this folder is the map.
"""
