"""The logs of the apps that an instance is attached to: read as a log drain, written through log input.

Permission: `messages.py` is pure; `lines.py` has a file of its own in the data folder; the others touch the store, and
Heroku through the client. (partner-api §7)
"""
