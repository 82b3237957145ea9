"""A Procfile app that consumes an add-on, knowing it only by its config var. README.md in this folder is the map.

This folder is what is pushed: there its files are plain modules beside each other (`python web.py`). They are a package
as well, so that they can be tested where they are. Nothing here imports the platform or the add-on service.
"""
