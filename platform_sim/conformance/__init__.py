"""Is this partner right? A catalogue of numbered rules, the scenes that are played to find out, and reports.

Scenes act and keep what they have seen; rules are functions of that and act on nothing; reports know neither. Only
`home.py` knows that the platform which the partner calls back is a real one.
"""
