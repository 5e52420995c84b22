"use strict";
// From where the picture is looked at: frames, moving, zooming, what is under the pointer.
// Knows that painting takes time; does not know how it is done (paint.js).

const canvas = document.getElementById("canvas");
const panel = document.getElementById("panel");
const pen = canvas.getContext("2d");

// What is looked at: the world's point in the upper left corner, and pixels for each of its units.
const look = { x: 0, y: 0, scale: 1 };

const MANY = 2500; // so many boxes and lines take longer than a frame: moving shows a still of them
const MARGIN = 0.35; // of a still, beyond each edge
const REST_MS = 140;
const MUCH = 200; // of so many boxes, all of them are seen first, however small

// Frames. What takes longer than a frame is drawn once, with a margin, and moved as a still.
const still = { canvas: document.createElement("canvas"), x: 0, y: 0, scale: 0, width: 0, height: 0 };
let drawn = 0, waiting = 0, moving = 0;

function soon() {
  waiting ||= requestAnimationFrame(frame);
}

function stirred() {
  clearTimeout(moving);
  moving = setTimeout(() => { moving = 0; soon(); }, REST_MS);
  soon();
}

function holds() {
  if (!still.scale) return false;
  if (still.scale !== look.scale) return true; // while zooming, its edges may be seen
  return look.x >= still.x && look.y >= still.y &&
    look.x + canvas.clientWidth / look.scale <= still.x + still.width / still.scale &&
    look.y + canvas.clientHeight / look.scale <= still.y + still.height / still.scale;
}

function frame() {
  waiting = 0;
  const width = canvas.clientWidth, height = canvas.clientHeight;
  const ratio = devicePixelRatio || 1;
  const isMany = drawn > MANY;
  if (!isMany) {
    still.scale = 0;
    drawn = paint(pen, width, height, look);
    return;
  }
  if (!moving || !holds()) {
    still.width = width * (1 + 2 * MARGIN);
    still.height = height * (1 + 2 * MARGIN);
    still.canvas.width = still.width * ratio;
    still.canvas.height = still.height * ratio;
    still.scale = look.scale;
    still.x = look.x - (width * MARGIN) / look.scale;
    still.y = look.y - (height * MARGIN) / look.scale;
    drawn = paint(still.canvas.getContext("2d"), still.width, still.height, still);
  }
  const zoom = look.scale / still.scale;
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.fillStyle = colour.paper;
  pen.fillRect(0, 0, width, height);
  pen.drawImage(still.canvas, (still.x - look.x) * look.scale, (still.y - look.y) * look.scale,
    still.width * zoom, still.height * zoom);
}

function refresh() {
  still.scale = 0;
  soon();
}

function resized() {
  const ratio = devicePixelRatio || 1;
  canvas.width = canvas.clientWidth * ratio;
  canvas.height = canvas.clientHeight * ratio;
  refresh();
}

function fitting() {
  return Math.min(canvas.clientWidth / data.size[0], canvas.clientHeight / data.size[1], 1.25);
}

function showAll() {
  look.scale = fitting();
  look.x = data.size[0] / 2 - canvas.clientWidth / look.scale / 2;
  look.y = data.size[1] / 2 - canvas.clientHeight / look.scale / 2;
  refresh();
}

// How a page begins: all of it, or where that would be too small to be read and is not much, its start.
function begin() {
  showAll();
  if (look.scale >= READABLE || count > MUCH) return;
  look.scale = 0.7;
  look.x = 0;
  look.y = data.size[1] / 2 - canvas.clientHeight / look.scale / 2;
}

function zoom(factor, x = canvas.clientWidth / 2, y = canvas.clientHeight / 2) {
  const scale = Math.min(3, Math.max(Math.min(fitting(), 0.5) * 0.8, look.scale * factor));
  look.x += x / look.scale - x / scale;
  look.y += y / look.scale - y / scale;
  look.scale = scale;
  stirred();
}

// How much of the height is to be seen: on a narrow screen the panel covers the rest.
function openHeight() {
  const covers = !panel.hidden && getComputedStyle(panel).position === "absolute";
  return canvas.clientHeight - (covers ? panel.offsetHeight : 0);
}

// Bring a box into sight, near enough to be read.
function show(box) {
  look.scale = Math.max(look.scale, 0.8);
  look.x = (data.left[box] + data.right[box]) / 2 - canvas.clientWidth / look.scale / 2;
  look.y = data.y[box] - openHeight() / look.scale / 2;
  refresh();
}

function inSight(box) {
  const x = (data.left[box] - look.x) * look.scale, y = (data.y[box] - look.y) * look.scale;
  return look.scale >= READABLE && x > 0 && y > 20 && y < openHeight() - 20 &&
    (data.right[box] - look.x) * look.scale < canvas.clientWidth;
}

// The box at a point of the canvas; -1 for none. Small boxes are found within a few pixels.
function boxAt(x, y) {
  const atX = look.x + x / look.scale, atY = look.y + y / look.scale;
  const slack = Math.max(0, 4 / look.scale - data.height / 2);
  for (const layer of layers) {
    if (atX < layer.left - slack || atX > layer.right + slack) continue;
    for (const box of layer.boxes) {
      if (Math.abs(data.y[box] - atY) <= data.height / 2 + slack) return box;
    }
  }
  return -1;
}
