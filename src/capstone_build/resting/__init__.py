"""
Resting: what a build rests on that has nothing left to do, and what that spares the next.

Knows what was looked at and how it was; does not run stages.
"""
