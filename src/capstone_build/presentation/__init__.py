"""
Presentation: values into text, for a terminal, a log or another program.

Knows how things look; does not know the engine that makes the values, nor the
terminal that shows the text (`capstone_build.cli` decides on colour and width).
"""
