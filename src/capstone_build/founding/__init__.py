"""
Founding: the first `pipeline.py` of a project.

Knows how one is written, anew (`starter`, `bundled`) or from another tool's file
(`dvc_file`, `makefile`, `snakefile` into an `adopted` pipeline, which `pipeline_text`
writes down); runs nothing, and executes no code of the files that it reads.
"""
