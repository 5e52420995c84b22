"""
Looking: an open project, and all that its stages would see.

Knows files, code, environment and what is remembered; changes nothing but the memory.
"""
