"use strict";
// What is told of a stage, in the panel beside the picture.
// Knows the facts; does not know how a stage is come by (control.js). Every text from the
// pipeline is set as text, never as markup.

const MOST_LISTED = 30;

function make(name, attributes = {}, ...content) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value);
  }
  element.append(...content);
  return element;
}

function sign(state) {
  const space = "http://www.w3.org/2000/svg";
  const image = document.createElementNS(space, "svg");
  image.setAttribute("class", "sign");
  image.setAttribute("viewBox", "0 0 16 16");
  image.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", data.signs[state]);
  path.setAttribute("stroke", lineColour(state));
  image.append(path);
  return image;
}

function stateOf(box) {
  return data.state[box] < 0 ? data.facts[box].says || "file" : data.states[data.state[box]].word;
}

function link(box) {
  const button = make("button", { type: "button", class: "link", onclick: () => choose(box, true) });
  button.append(data.names[box]);
  return button;
}

function linked(name) {
  return boxNamed(name, false) < 0 ? document.createTextNode(name) : link(boxNamed(name, false));
}

function section(title, ...content) {
  return content.length ? [make("h3", {}, title), ...content] : [];
}

// A list that begins short, and is whole when asked.
function list(items, entry) {
  const lines = make("ul");
  const add = (some) => lines.append(...some.map((each) => make("li", {}, entry(each))));
  add(items.slice(0, MOST_LISTED));
  if (items.length > MOST_LISTED) {
    const rest = items.slice(MOST_LISTED);
    const more = make("button", { type: "button", class: "link",
      onclick: () => { more.parentNode.remove(); add(rest); } }, `${rest.length} more`);
    lines.append(make("li", {}, more));
  }
  return lines;
}

function because(each) {
  const [says, before, after] = each;
  const line = make("span", {}, says);
  if (before && after && !says.includes(before)) {
    line.append(make("br"), make("code", { class: "old" }, before), " → ",
      make("code", { class: "new" }, after));
  }
  return line;
}

function reasons(box) {
  const facts = data.facts[box];
  const content = [];
  // The lines of code, where they are known, begin with the same words.
  if (facts.because && !facts.why) content.push(list(facts.because, because));
  if (facts.more) content.push(make("p", { class: "soft" }, `and ${facts.more} more`));
  if (facts.waits) content.push(make("p", { class: "soft" }, "waits for"), list(facts.waits, linked));
  if (facts.why) {
    const lines = make("pre", { tabindex: "0", "aria-label": "Why, line by line" });
    for (const line of facts.why) {
      const kind = /^\s*\+/.test(line) ? "new" : /^\s*-/.test(line) ? "old" : "";
      lines.append(make("span", { class: kind }, line), "\n");
    }
    content.push(lines);
  }
  return content;
}

function runs(facts) {
  if (!facts.runs) return [];
  const longest = Math.max(...facts.runs.map((each) => each[3]), 0.001);
  const table = make("table", {}, make("tr", {}, ...["when", "what", "took"].map((head) => make("th", { scope: "col" }, head))));
  for (const [when, outcome, spelled, seconds, size, memory, message, build] of facts.runs) {
    const time = make("td", {}, spelled);
    if (seconds) {
      const bar = make("span", { class: "bar" });
      bar.style.width = `${Math.max(4, (100 * seconds) / longest)}%`;
      time.append(bar);
    }
    const what = make("td", { title: build }, outcome);
    const notes = [message, size, memory && `${memory} of memory`].filter(Boolean).join(", ");
    if (notes) what.append(make("span", { class: "soft note" }, notes));
    table.append(make("tr", {}, make("td", {}, when), what, time));
  }
  return [table];
}

function tell(box) {
  const facts = data.facts[box];
  const state = make("p", { class: "state" });
  if (data.state[box] >= 0) state.append(sign(data.state[box]));
  state.append(stateOf(box));
  const content = [
    make("button", { type: "button", class: "close", "aria-label": "Close", onclick: () => choose(-1) }, "×"),
    make("h2", {}, data.names[box]), state, ...reasons(box),
  ];
  if (facts.tags) content.push(make("p", {}, ...facts.tags.map((tag) => make("span", { class: "chip" }, tag))));
  const file = (path) => (boxNamed(path, true) < 0 ? make("code", {}, path) : link(boxNamed(path, true)));
  if (facts.inputs) content.push(...section("Reads", list(facts.inputs, file)));
  if (facts.outputs) content.push(...section("Writes", list(facts.outputs, file)));
  if (facts.params) {
    const value = ([name, text]) => make("code", {}, `${name} = ${text}`);
    content.push(...section("Parameters", list(facts.params, value)));
  }
  if (facts.env) content.push(...section("Environment", list(facts.env, (name) => make("code", {}, name))));
  if (facts.action) content.push(...section(facts.kind, make("code", {}, facts.action)));
  if (facts.made) content.push(make("p", { class: "soft" }, "declared at ", make("code", {}, facts.made)));
  if (facts.limits) content.push(make("p", { class: "soft" }, facts.limits.join(", ")));
  if (above[box].length) content.push(...section("Above", list(above[box], link)));
  if (below[box].length) content.push(...section("Below", list(below[box], link)));
  content.push(...section("Earlier builds", ...runs(facts)));
  if (facts.log) {
    content.push(...section("What it printed", make("pre", { tabindex: "0", "aria-label": "Log" }, facts.log)));
    if (facts.logPlace) content.push(make("p", { class: "soft" }, "all of it: ", make("code", {}, facts.logPlace)));
  }
  panel.replaceChildren(...content);
  panel.scrollTop = 0;
}

// Choose a box, or none: show what is known of it, and make what it is joined to stand out.
function choose(box, bring = false) {
  emphasis.chosen = box;
  emphasis.near = box < 0 ? null : reached(box);
  const before = canvas.clientWidth;
  const isInside = panel.contains(document.activeElement);
  panel.hidden = box < 0;
  if (box >= 0) {
    tell(box);
    if (isInside) panel.focus();
    document.getElementById("said").textContent = `${data.names[box]}, ${stateOf(box)}`;
    history.replaceState(null, "", `#${encodeURIComponent(data.names[box])}`);
  } else {
    history.replaceState(null, "", location.pathname + location.search);
  }
  if (canvas.clientWidth !== before) resized();
  if (box >= 0 && (bring || !inSight(box))) show(box);
  refresh();
}
