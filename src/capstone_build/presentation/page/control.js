"use strict";
// What answers keys, pointers and words that are typed.
// Knows what each of them means; draws and tells nothing itself.

const search = document.getElementById("search");
const found = document.getElementById("found");
const tip = document.getElementById("tip");
const MOST_FOUND = 40;
const states = new Set(); // those that are asked for

// What is looked for: boxes that hold the words, in the states that are asked for.
function hits(words) {
  const parts = words.toLowerCase().split(/\s+/).filter(Boolean);
  const texts = (box) => [data.names[box], ...(data.facts[box].tags || []),
    ...(data.facts[box].inputs || []), ...(data.facts[box].outputs || [])].join("\n").toLowerCase();
  const boxes = [];
  for (let box = 0; box < count; box++) {
    if (states.size && !states.has(data.state[box])) continue;
    const text = parts.length ? texts(box) : "";
    if (parts.every((part) => text.includes(part))) boxes.push(box);
  }
  // Names that hold the words come before files and tags that do, those that begin with them first.
  const place = (box) => {
    const at = parts.length ? data.names[box].toLowerCase().indexOf(parts[0]) : 0;
    return at < 0 ? 1000 : at;
  };
  return parts.length ? boxes.sort((one, other) => place(one) - place(other) || one - other) : boxes;
}

let results = [], active = -1;

function lookFor() {
  const words = search.value.trim();
  const isAsked = words !== "" || states.size > 0;
  results = isAsked ? hits(words) : [];
  emphasis.wanted = isAsked ? new Uint8Array(count) : null;
  for (const box of results) emphasis.wanted[box] = 1;
  active = words && results.length ? 0 : -1;
  listFound(words !== "");
  refresh();
}

function listFound(isOpen) {
  const lines = results.slice(0, MOST_FOUND).map((box, index) => make("li",
    { role: "option", id: `found${index}`, "aria-selected": String(index === active),
      onpointerdown: (event) => { event.preventDefault(); take(box); } },
    ...(data.state[box] < 0 ? [] : [sign(data.state[box])]), data.names[box]));
  if (results.length > MOST_FOUND) lines.push(make("li", { class: "more" }, `${results.length - MOST_FOUND} more`));
  if (!results.length) lines.push(make("li", { class: "more" }, "nothing found"));
  found.replaceChildren(...lines);
  found.hidden = !isOpen;
  search.setAttribute("aria-expanded", String(isOpen));
  search.setAttribute("aria-activedescendant", active < 0 ? "" : `found${active}`);
}

function take(box) {
  search.value = "";
  lookFor();
  canvas.focus();
  choose(box, true);
}

search.addEventListener("input", lookFor);
search.addEventListener("blur", () => listFound(false));
search.addEventListener("keydown", (event) => {
  const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (move && results.length) {
    const last = Math.min(results.length, MOST_FOUND) - 1;
    active = Math.min(last, Math.max(0, active + move));
    listFound(true);
    found.children[active].scrollIntoView({ block: "nearest" });
    event.preventDefault();
  } else if (event.key === "Enter" && results.length) {
    take(results[Math.max(active, 0)]);
  } else if (event.key === "Escape") {
    search.value = "";
    lookFor();
    canvas.focus();
  }
});

function legend() {
  const counts = data.states.map((_, state) => data.state.filter((each) => each === state).length);
  const buttons = data.states.map((each, state) => {
    const button = make("button", { type: "button", "aria-pressed": String(states.has(state)) },
      sign(state), `${counts[state].toLocaleString("en")} ${each.word}`);
    button.addEventListener("click", () => {
      if (!states.delete(state)) states.add(state);
      button.setAttribute("aria-pressed", String(states.has(state)));
      lookFor();
    });
    button.hidden = !counts[state];
    return button;
  });
  document.getElementById("legend").replaceChildren(...buttons.reverse());
}

function neighbour(box, key) {
  if (key === "ArrowLeft") return above[box][0] ?? box;
  if (key === "ArrowRight") return below[box][0] ?? box;
  const boxes = layers[data.layer[box]].boxes;
  return boxes[boxes.indexOf(box) + (key === "ArrowDown" ? 1 : -1)] ?? box;
}

document.addEventListener("keydown", (event) => {
  if (event.target === search || event.ctrlKey || event.metaKey || event.altKey) return;
  const done = {
    "/": () => search.focus(), "+": () => zoom(1.3), "=": () => zoom(1.3), "-": () => zoom(1 / 1.3),
    0: showAll, Escape: () => { choose(-1); canvas.focus(); },
  }[event.key];
  if (done) { done(); event.preventDefault(); }
});

canvas.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !panel.hidden) panel.focus();
  if (!event.key.startsWith("Arrow") || !count) return;
  event.preventDefault();
  if (event.shiftKey) {
    const step = 80 / look.scale;
    look.x += step * ((event.key === "ArrowRight") - (event.key === "ArrowLeft"));
    look.y += step * ((event.key === "ArrowDown") - (event.key === "ArrowUp"));
    stirred();
  } else {
    choose(emphasis.chosen < 0 ? layers[0].boxes[0] : neighbour(emphasis.chosen, event.key));
  }
});

// Pointers: one drags or clicks, two zoom.
const pointers = new Map();
let travelled = 0;

canvas.addEventListener("pointerdown", (event) => {
  canvas.setPointerCapture(event.pointerId);
  pointers.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
  travelled = 0;
  tip.hidden = true;
});

canvas.addEventListener("pointermove", (event) => {
  const before = pointers.get(event.pointerId);
  if (!before) return hover(event);
  const others = [...pointers].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
  const dx = event.offsetX - before.x, dy = event.offsetY - before.y;
  if (others.length) {
    const apart = (at) => Math.hypot(at.x - others[0].x, at.y - others[0].y) || 1;
    const now = { x: event.offsetX, y: event.offsetY };
    zoom(apart(now) / apart(before), (now.x + others[0].x) / 2, (now.y + others[0].y) / 2);
    travelled = 100;
  } else {
    look.x -= dx / look.scale;
    look.y -= dy / look.scale;
    travelled += Math.abs(dx) + Math.abs(dy);
    canvas.classList.toggle("dragging", travelled > 4);
    stirred();
  }
  before.x = event.offsetX;
  before.y = event.offsetY;
});

for (const end of ["pointerup", "pointercancel"]) {
  canvas.addEventListener(end, (event) => {
    const isClick = pointers.delete(event.pointerId) && travelled <= 4 && end === "pointerup";
    canvas.classList.remove("dragging");
    if (isClick) choose(boxAt(event.offsetX, event.offsetY));
  });
}
canvas.addEventListener("pointerleave", () => { tip.hidden = true; });
canvas.addEventListener("wheel", (event) => {
  event.preventDefault();
  const lines = event.deltaMode === 1 ? 16 : 1;
  zoom(Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.0016)), event.offsetX, event.offsetY);
}, { passive: false });

function hover(event) {
  const box = boxAt(event.offsetX, event.offsetY);
  canvas.classList.toggle("over", box >= 0);
  tip.hidden = box < 0;
  if (box < 0) return;
  const reason = data.facts[box].because?.[0]?.[0] ?? "";
  tip.replaceChildren(data.names[box], make("span", { class: "soft" }, stateOf(box) + (reason ? `: ${reason}` : "")));
  tip.style.left = `${Math.min(event.offsetX + 14, Math.max(0, canvas.clientWidth - tip.offsetWidth - 8))}px`;
  tip.style.top = `${Math.min(event.offsetY + 16, canvas.clientHeight - tip.offsetHeight - 8)}px`;
}

document.getElementById("nearer").addEventListener("click", () => zoom(1.4));
document.getElementById("farther").addEventListener("click", () => zoom(1 / 1.4));
document.getElementById("whole").addEventListener("click", showAll);
dark.addEventListener("change", () => { colour = colours(); legend(); if (emphasis.chosen >= 0) tell(emphasis.chosen); refresh(); });
new ResizeObserver(resized).observe(canvas);

legend();
resized();
begin();
try {
  const named = byName.get(decodeURIComponent(location.hash.slice(1)));
  if (named !== undefined) choose(named, true);
} catch { /* an address that is no name */ }
