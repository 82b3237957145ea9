"""A platform in one file: written, read, put in place, compared in words (docs/snapshots.md).

Knows core's rows and where a platform's files lie. May read and write the folders it is given; starts nothing.
"""
