"""The build room: turns the tarball of an app's source into a slug folder.

May read and write the folders it is given and start processes (git, buildpack scripts). Knows no database, no
HTTP and no app: everything comes in one `BuildRequest` and goes out as lines and one `BuiltSlug`. `builder` is the
entry; the job that calls it lives next door.
"""
