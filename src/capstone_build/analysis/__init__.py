"""
Reading the project's source: what a stage can reach, and its fingerprint.

Pure reading: nothing of the user's is imported or run. `project` is the way in,
and a closure the answer. From there down, each asks those after it:

* `commands`: what a command line runs and reads.
* `walk`: from definitions, scripts and modules to a closure.
* `moves`: what of it does not depend on the modules that it lies in.
* `graph`: what one thing that code can reach leads to next.
* `names`: which definition of which module a name stands for.
* `file`: what one file says.
"""

from capstone_build.analysis.commands.command_code import CommandCode
from capstone_build.analysis.names.naming import Naming, Owner
from capstone_build.analysis.project import ProjectCode
from capstone_build.analysis.walk.closure import Closure, Reached, united

__all__ = ["Closure", "CommandCode", "Naming", "Owner", "ProjectCode", "Reached", "united"]
