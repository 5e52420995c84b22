"""
Building: what is done with each stage of a build, as it becomes ready.

Knows an open project and what is to become of it; does not decide that
(`capstone_build.core.plan`) nor show it. `capstone_build.build` is the way in.
"""
