"""
Hosting: the process that has the pipeline loaded, and the workers that are forks of it.

Knows the user's code, which the engine's own process never imports; does not know the graph.
"""
