"""The demonstration: starts the three programs as processes and lets them talk HTTP; a person watching sees the flow.

May start processes (the platform, the partner, git) and call their HTTP interfaces; knows nothing of any other room.
"""
