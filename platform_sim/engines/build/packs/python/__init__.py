"""heroku/python: a virtual environment with what requirements.txt, pyproject.toml or uv.lock ask for.

The scripts in bin/ start `install.py` as a program, beside the two files it uses; nothing here imports the platform.
"""
