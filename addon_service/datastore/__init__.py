"""The servers that hold customers' databases, behind one small seam (`base.py`), and the embedded one.

It may touch those servers by their own protocol, and start and stop the embedded one. It knows no rows of ours, no
HTTP and no Heroku. The drivers are an optional extra: only `choice.py` imports the modules that need them.
"""
