"""The add-ons this partner sells: what is different between one product and the next, a file each.

They may use the transaction they are handed, and nothing of the web, the network or the clock's owner.
"""
