"""
What a build decides, as pure functions over values.

No file, clock, environment, randomness or thread is touched in this package:
everything it knows of the world comes in as an argument.
"""
