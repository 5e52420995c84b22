"""Scales out: the same pipeline runs on one core or on many."""

from __future__ import annotations

from tests.project import Project

HEAD = "from capstone_build import command\n\n\n"


def test_stages_run_at_the_same_time_as_far_as_jobs_allow(project: Project) -> None:
    """Two stages that wait for each other both end with `-j2`; one of them times out with `-j1`."""
    meet = (
        "touch {n}; i=0; while [ ! -e {other} ]; do i=$((i+1)); test $i -lt 500; sleep 0.01; done; "
    )
    text = HEAD + "".join(
        f'{n} = command("{meet.format(n=n, other=other)}touch {{outputs.o}}", name="{n}", '
        f'outputs={{"o": "output/{n}"}}, timeout=20)\n'
        for n, other in (("a", "b"), ("b", "a"))
    )
    project.write("pipeline.py", text)

    assert sorted(project.build("-j2").ran) == ["a", "b"]


def test_one_job_runs_one_stage_at_a_time(project: Project) -> None:
    """With `-j1` no stage sees another one at work."""
    alone = "mkdir running; sleep 0.02; rmdir running; touch {outputs.o}"
    project.write(
        "pipeline.py",
        HEAD + f'pipeline = [command("{alone}", name=f"s{{n}}", outputs={{"o": f"output/{{n}}"}}) '
        "for n in range(5)]\n",
    )

    assert len(project.build("-j1").ran) == 5
