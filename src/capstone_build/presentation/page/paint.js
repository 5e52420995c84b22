"use strict";
// How the picture looks: boxes, lines, signs, near and from afar.
// Knows from where it is looked at only as it is told; does not know frames (view.js).

const signs = data.signs.map((path) => new Path2D(path));
const dark = matchMedia("(prefers-color-scheme: dark)");

// What stands out: one box, all that it is joined to above and below, and what is looked for.
const emphasis = { chosen: -1, near: null, wanted: null };

const READABLE = 0.45; // from this scale on, boxes have names
const CHUNK = 50; // lines in one path: many short paths are drawn faster than a long one
const COARSE = 0.16; // below it, what falls on the same few pixels is drawn once

function colours() {
  const style = getComputedStyle(document.documentElement);
  const of = (name) => style.getPropertyValue(`--${name}`).trim();
  return { paper: of("paper"), card: of("card"), ink: of("ink"), soft: of("soft"), rule: of("rule"),
    wire: of("wire"), strong: of("wire-strong"), accent: of("accent"), field: of("field") };
}
let colour = colours();

function lineColour(state) {
  if (state < 0) return colour.soft;
  return dark.matches ? data.states[state].bright : data.states[state].line;
}

// Draw all that is to be seen of the world from a point, and return how much that was.
function paint(context, width, height, from) {
  const right = from.x + width / from.scale;
  const bottom = from.y + height / from.scale;
  const ratio = devicePixelRatio || 1;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.fillStyle = colour.paper;
  context.fillRect(0, 0, width, height);
  context.setTransform(ratio * from.scale, 0, 0, ratio * from.scale,
    -from.x * from.scale * ratio, -from.y * from.scale * ratio);
  const shown = layers.filter((each) => each.right >= from.x && each.left <= right);
  const first = shown.length ? layers.indexOf(shown[0]) : 0;
  const last = first + shown.length;
  let drawn = paintLines(context, from, right, bottom, Math.max(0, first - 1), Math.min(last + 1, layers.length));
  for (const each of shown) drawn += each.boxes.length;
  if (from.scale >= READABLE) paintBoxes(context, from, bottom, shown);
  else paintSpots(context, from, bottom, shown);
  return drawn;
}

function paintLines(context, from, right, bottom, first, last) {
  const coarse = from.scale < COARSE;
  const grid = 3 / from.scale;
  const seen = new Set();
  const heads = [];
  let drawn = 0;
  const arrows = () => {
    context.beginPath();
    for (let at = 0; at < heads.length; at += 2) {
      context.moveTo(heads[at], heads[at + 1]);
      context.lineTo(heads[at] - 7, heads[at + 1] - 3.5);
      context.lineTo(heads[at] - 7, heads[at + 1] + 3.5);
    }
    context.fillStyle = context.strokeStyle;
    context.fill();
    heads.length = 0;
  };
  const trace = (steps) => {
    for (let at = 0; at < steps.length; at += 2) {
      const start = steps[at], end = steps[at + 1];
      const y1 = data.y[start], y2 = data.y[end];
      if (Math.max(y1, y2) < from.y || Math.min(y1, y2) > bottom) continue;
      const x1 = data.right[start], x2 = data.left[end];
      if (x2 < from.x - 300 || x1 > right + 300) continue;
      if (coarse) {
        const key = `${(x1 / grid) | 0},${(y1 / grid) | 0},${(x2 / grid) | 0},${(y2 / grid) | 0}`;
        if (seen.has(key)) continue;
        seen.add(key);
      }
      if (++drawn % CHUNK === 0) {
        context.stroke();
        context.beginPath();
      }
      context.moveTo(x1, y1);
      if (coarse) {
        context.lineTo(x2, y2);
      } else {
        const half = (x1 + x2) / 2;
        context.bezierCurveTo(half, y1, half, y2, x2, y2);
      }
      if (end >= count) context.lineTo(data.right[end], y2);
      else if (!coarse) heads.push(x2, y2);
    }
  };
  context.strokeStyle = colour.wire;
  context.lineWidth = Math.max(1.2, 0.7 / from.scale);
  const faint = emphasis.near || emphasis.wanted;
  context.globalAlpha = faint ? 0.25 : coarse ? 0.5 : 1;
  context.beginPath();
  for (let number = first; number < last; number++) trace(layers[number].steps);
  trace(far);
  context.stroke();
  arrows();
  context.globalAlpha = 1;
  if (emphasis.chosen >= 0) {
    seen.clear();
    context.strokeStyle = colour.strong;
    context.lineWidth = Math.max(2, 1.5 / from.scale);
    context.beginPath();
    trace(linesOf(emphasis.chosen));
    context.stroke();
    arrows();
  }
  return drawn;
}

function stands(box) {
  if (emphasis.wanted && !emphasis.wanted[box]) return false;
  return !emphasis.near || emphasis.near[box] === 1;
}

// Boxes that are too small for a name: spots in the colours of states, the urgent ones on top.
function paintSpots(context, from, bottom, shown) {
  const height = Math.max(data.height, 2.4 / from.scale);
  const least = 2.4 / from.scale;
  const coarse = from.scale < COARSE;
  const groups = new Map();
  for (const layer of shown) {
    const width = Math.max(layer.right - layer.left, least);
    const seen = new Map();
    for (const box of layer.boxes) {
      const y = data.y[box] - height / 2;
      if (y + height < from.y || y > bottom) continue;
      const key = data.state[box] * 2 + (stands(box) ? 1 : 0);
      if (coarse) {
        const cell = (y * from.scale) | 0;
        if (seen.get(key) === cell) continue;
        seen.set(key, cell);
      }
      if (!groups.has(key)) groups.set(key, []);
      groups.get(key).push(layer.left, y, width);
    }
  }
  for (const key of [...groups.keys()].sort((one, other) => (one & 1) - (other & 1) || one - other)) {
    const group = groups.get(key);
    context.fillStyle = lineColour(key >> 1);
    context.globalAlpha = key & 1 ? 0.9 : 0.12;
    context.beginPath();
    for (let at = 0; at < group.length; at += 3) {
      context.rect(group[at], group[at + 1], group[at + 2], height);
    }
    context.fill();
  }
  context.globalAlpha = 1;
  ring(context, from);
}

function ring(context, from) {
  const box = emphasis.chosen;
  if (box < 0) return;
  const wide = Math.max(3, 3 / from.scale);
  context.strokeStyle = colour.accent;
  context.lineWidth = wide;
  context.beginPath();
  context.roundRect(data.left[box] - wide, data.y[box] - data.height / 2 - wide,
    data.right[box] - data.left[box] + 2 * wide, data.height + 2 * wide, 7 + wide);
  context.stroke();
}

function paintBoxes(context, from, bottom, shown) {
  context.font = '13px system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif';
  context.textBaseline = "middle";
  for (const layer of shown) {
    for (const box of layer.boxes) {
      const y = data.y[box];
      if (y + data.height < from.y || y - data.height > bottom) continue;
      paintBox(context, box, layer.left, y - data.height / 2, layer.right - layer.left);
    }
  }
  ring(context, from);
}

function paintBox(context, box, left, top, width) {
  const state = data.state[box];
  const stage = data.kinds[box] === 0;
  context.globalAlpha = stands(box) ? 1 : 0.22;
  context.beginPath();
  context.roundRect(left, top, width, data.height, stage ? 7 : data.height / 2);
  context.fillStyle = dark.matches ? colour.card : state < 0 ? data.fileFill : data.states[state].fill;
  context.fill();
  if (dark.matches && state >= 0) {
    context.save();
    context.globalAlpha *= 0.38;
    context.fillStyle = data.states[state].line;
    context.fill();
    context.restore();
  }
  context.strokeStyle = lineColour(state);
  context.lineWidth = 1.4;
  context.stroke();
  if (state >= 0) {
    context.save();
    context.translate(left + 9, top + data.height / 2 - 8);
    context.lineWidth = 1.8;
    context.lineCap = context.lineJoin = "round";
    context.stroke(signs[state]);
    context.restore();
  }
  context.fillStyle = dark.matches ? colour.ink : "#24292f";
  const indent = state >= 0 ? 31 : 16;
  context.fillText(data.labels[box], left + indent, top + data.height / 2 + 1, width - indent - 6);
  context.globalAlpha = 1;
}
