"""`capstone graph` in all its forms, through the real command."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree as ET

import pytest

from tests.project import Project

SECRET = "hunter2-hunter2"  # noqa: S105 (it is none)
PIPELINE = """
    import os
    from pathlib import Path
    from capstone_build import command, stage

    @stage(
        inputs={"tables": "data/*.csv"},
        outputs={"o": "output/loaded.json"},
        params={"top": 5, "api_key": "hunter3"},
        env=["SHOP_TOKEN"],
        tags=["slow"],
    )
    def load(tables: list[Path], top: int, api_key: str) -> dict:
        print("read </script> with", os.environ.get("SHOP_TOKEN"))
        return {"rows": len(tables)}

    plots = [
        command("cp {inputs.i} {outputs.o}", name=f"plot_{n}", inputs={"i": "output/loaded.json"},
                outputs={"o": f"output/plot_{n}.json"})
        for n in range(40)
    ]
    key = os.environ.get("SHOP_TOKEN", "")
    report = command(f"cat {{inputs.p}} > {{outputs.r}} # {key}", name="report",
                     inputs={"p": "output/plot_*.json"}, outputs={"r": "output/report.txt"})
    pipeline = [load, *plots, report]
    """


@pytest.fixture
def plots(project: Project) -> Project:
    """A stage, forty that read what it writes, and one that reads what they all write; unbuilt."""
    project.write("data/a.csv", "a\n")
    project.write("pipeline.py", PIPELINE)
    return project


def test_each_form_is_written_where_it_is_asked_for(plots: Project) -> None:
    """The suffix says which form; the stages that are alike are one line and one box."""
    text = plots.run("graph").out.splitlines()
    assert len(text) == 6
    assert "--all" in text[-1]
    assert "plot_0 … plot_39" in text[1]
    assert "(40 stages, all must run)" in text[1]
    assert len(plots.run("graph", "--all").out.splitlines()) == 44
    assert len(plots.run("graph", "--files").out.splitlines()) == 10
    for name, start in {
        "g.txt": "●",
        "g.svg": "<svg",
        "g.dot": "digraph",
        "g.mmd": "flowchart",
        "g.json": "{",
        "g.HTML": "<!doctype html>",
    }.items():
        assert plots.run("graph", "-o", name).out == f"wrote {name}: 42 stages\n"
        assert plots.read(name).startswith(start)
    assert plots.run("graph", "-o", "g.png").code == 0
    assert (plots.root / "g.png").read_bytes().startswith(b"\x89PNG")
    assert len(ET.fromstring(plots.read("g.svg")).findall("{*}g/{*}use")) == 42  # noqa: S314
    assert plots.run("graph", "--format", "dot", "-o", "x").code == 0
    assert plots.read("x").startswith("digraph")


def test_a_part_is_drawn(plots: Project) -> None:
    """TARGETs are what they need; --select is what it names, and files can be told too."""
    said = json.loads(plots.run("graph", "plot_3", "--format", "json").out)
    assert [each["name"] for each in said["stages"]] == ["load", "plot_3"]
    assert said["stages"][0]["tags"] == ["slow"]
    assert said["stages"][0]["parameters"] == ["top", "api_key"]
    assert said["stages"][1]["layer"] == 1
    said = json.loads(plots.run("graph", "--select", "plot_3+", "--files", "--format", "json").out)
    assert [each["name"] for each in said["stages"]] == ["plot_3", "report"]
    assert {
        "path": "output/loaded.json",
        "kind": "file",
        "writer": None,
        "readers": ["plot_3"],
    } in (said["files"])
    assert plots.run("graph", "--select", "state:up-to-date").out == "no stages\n"
    assert "nosuch" in plots.run("graph", "--select", "nosuch").err


def test_the_page_tells_the_past_and_no_secret(plots: Project) -> None:
    """What was printed, times and reasons are told; values that are keys by their names are not."""
    plots.build("load", env={"SHOP_TOKEN": SECRET})
    plots.edit("pipeline.py", '"rows": len(tables)', '"rows": len(tables) + 1')
    done = plots.run("graph", "--format", "html", env={"SHOP_TOKEN": SECRET})
    data = re.search(r'<script type="application/json" id="data">(.*?)</script>', done.out)

    assert data is not None
    facts = json.loads(data[1])["facts"][0]
    assert facts["log"] == "read </script> with ..."
    assert facts["params"] == [["top", "5"], ["api_key", '"..."']]
    assert facts["env"] == ["SHOP_TOKEN"]
    assert facts["runs"][0][1] == "built"
    assert facts["because"][0][0].startswith("code changed: pipeline:load")
    assert any("+" in line and "len(tables) + 1" in line for line in facts["why"])
    assert SECRET not in done.out
    assert "hunter3" not in data[1]


def test_what_cannot_be_written_is_said(plots: Project) -> None:
    """A suffix that says nothing, and a folder that is not there."""
    unknown = plots.run("graph", "-o", "graph.bmp")
    nowhere = plots.run("graph", "-o", "nosuch/graph.svg")

    assert unknown.code == nowhere.code == 2
    assert ".svg" in unknown.err
    assert "No such file or directory" in nowhere.err
    assert "Traceback" not in unknown.err + nowhere.err
