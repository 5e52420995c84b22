"""
Tending: what is done to the memory and to what stages left, apart from builds.

Knows an open project and the store; shows nothing.
"""
