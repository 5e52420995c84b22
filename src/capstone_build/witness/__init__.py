"""
What is put inside every Python that does a stage's work: the host, its workers, their children.

Standard library only, and nothing of the engine: a child may be any Python, in
any environment. `capstone_witness` notes what is read, with `capstone_environment`
for variables, into the `capstone_note_file` of the run; `capstone_fresh_source`
keeps stale bytecode out; `sitecustomize` starts them where this folder is on the
`PYTHONPATH`, and `capstone_children` puts it there where a program would not.
"""
