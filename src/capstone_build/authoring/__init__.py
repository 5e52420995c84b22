"""The public way to declare a pipeline, and how a declaration is found and read."""
