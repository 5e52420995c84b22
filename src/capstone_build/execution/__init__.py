"""Running the user's work: processes, values, staged outputs. Knows nothing of the graph."""
