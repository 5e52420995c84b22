"""
Asking: why a stage is as it is, and what changed in an artifact.

Knows what was and what is; changes nothing.
"""
