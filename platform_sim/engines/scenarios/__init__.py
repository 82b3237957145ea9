"""Plays scenario files that somebody has loaded, with a function it is given: as a customer, from outside.

Knows nothing of the language; touches nothing itself.
"""
