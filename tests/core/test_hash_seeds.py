"""What the core decides does not depend on the order in which Python iterates over sets."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROPERTIES = Path(__file__).with_name("test_plan_properties.py")
ORDERS = """
from capstone_build.core.digest import digest_mapping
from capstone_build.core.fingerprint import Aspect, digest_fingerprint
from capstone_build.core.linking import link
from tests.core.toy_world import toy_stage
stages = [toy_stage(f"s{i % 7}{i}", ["x", f"o{i // 3}"], [f"o{i + 1}"]) for i in range(40)]
graph = link(stages)
print([stage.name for stage in graph])
print([sorted(graph.downstream(name)) for name in graph.stages])
print(digest_mapping({n: n for n in {f"k{i}" for i in range(50)}}))
print(digest_fingerprint({(a, n): "xxh3:0" for a in set(Aspect) for n in {"a", "b", "c"}}))
"""


def run(seed: str, *arguments: str) -> str:
    """Run Python with this seed; return what it printed."""
    root = PROPERTIES.parents[2]
    done = subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(root)},
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("seed", ["1", "4242"])
def test_properties_hold_under_every_hash_seed(seed: str) -> None:
    """The properties of the plan hold whatever the seed."""
    run(seed, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(PROPERTIES))


def test_orders_and_digests_are_the_same_under_every_hash_seed() -> None:
    """The order of stages and every digest are equal between processes."""
    results = {run(seed, "-c", ORDERS) for seed in ("0", "1", "2", "31337")}

    assert len(results) == 1
