"""The page of a pipeline: one file to open in a browser, that needs nothing else."""
