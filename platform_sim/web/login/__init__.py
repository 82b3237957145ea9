"""The login host: a program begins a login, a person says in a browser who it is (heroku-cli §3).

The path at which the program waits is served by the edge: `engines/logins`.
"""
