"use strict";
// The world: boxes, lines and layers, and what is reached from where.
// Knows the data of the page; draws nothing.

const data = JSON.parse(document.getElementById("data").textContent);
const count = data.names.length;
const byName = new Map(data.names.map((name, box) => [name, box]));
const layers = [];
const far = []; // lines that pass layers and have no points there
const above = Array.from({ length: count }, () => []);
const below = Array.from({ length: count }, () => []);

function arrange() {
  for (let item = 0; item < data.layer.length; item++) {
    const number = data.layer[item];
    layers[number] ??= { left: Infinity, right: -Infinity, boxes: [], steps: [] };
    layers[number].left = Math.min(layers[number].left, data.left[item]);
    layers[number].right = Math.max(layers[number].right, data.right[item]);
    if (item < count) layers[number].boxes.push(item);
  }
  for (const each of layers) each.boxes.sort((one, other) => data.y[one] - data.y[other]);
  const seen = new Set();
  for (let at = 0; at < data.ways.length; at += 4) {
    const [start, end, first, points] = data.ways.slice(at, at + 4);
    above[end].push(start);
    below[start].push(end);
    let before = start;
    for (let step = 0; step <= points; step++) {
      const next = step < points ? first + step : end;
      const key = before * data.layer.length + next;
      if (!seen.has(key)) {
        seen.add(key);
        const near = data.layer[next] - data.layer[before] === 1;
        (near ? layers[data.layer[before]].steps : far).push(before, next);
      }
      before = next;
    }
  }
}

// The lines that join the chosen box and what it is joined to, step by step.
function linesOf(box) {
  const found = [];
  for (let at = 0; at < data.ways.length; at += 4) {
    const [start, end, first, points] = data.ways.slice(at, at + 4);
    if (start !== box && end !== box) continue;
    let before = start;
    for (let step = 0; step <= points; step++) {
      const next = step < points ? first + step : end;
      found.push(before, next);
      before = next;
    }
  }
  return found;
}

// All boxes that are reached from one, above and below, itself included.
function reached(box) {
  const found = new Uint8Array(count);
  for (const joined of [above, below]) {
    const waiting = [box];
    const seen = new Uint8Array(count);
    while (waiting.length) {
      const one = waiting.pop();
      if (seen[one]) continue;
      seen[one] = found[one] = 1;
      waiting.push(...joined[one]);
    }
  }
  return found;
}

// The boxes that a name in the facts stands for: a stage, or a file that is drawn.
function boxNamed(name, isFile) {
  const box = byName.get(name);
  return box !== undefined && (data.kinds[box] > 0) === isFile ? box : -1;
}

arrange();
