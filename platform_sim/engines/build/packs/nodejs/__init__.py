"""heroku/nodejs: the dependencies of package.json with npm, and `web: npm start` as the default process type.

The scripts in bin/ start `install.py` as a program; nothing here imports the platform.
"""
