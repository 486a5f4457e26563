// The page's behaviour: looking at the picture, opening cards, searching, walking along the ways. No library, no network.
// Texts only ever enter the page as text nodes. What is shown stands in the address (#step=…), so "back" works.
"use strict";
const $ = (id) => document.getElementById(id);
const data = JSON.parse($("data").textContent);
const view = $("view"), svg = view.querySelector("svg"), panel = $("panel"), outline = $("outline");
const cards = [...panel.querySelectorAll("article")];
const nodes = [...svg.querySelectorAll("g.node")]; // in the order of data.nodes
const cardOf = new Map(data.nodes.map((card, at) => [nodes[at], card]).filter(([node]) => node));
const still = matchMedia("(prefers-reduced-motion: reduce)");
const whole = { x: 0, y: 0, w: svg.viewBox.baseVal.width, h: svg.viewBox.baseVal.height };
const sheets = data.sheets.map((id) => $(id));
let open = -1; // the card that is shown

// -- languages: everything is there in each; the attribute says which one is to be seen -----------------------------

const root = document.documentElement;
const language = () => Number(root.dataset.language);
const word = (name) => data.words[language()][name];

function speak(at) {
  root.dataset.language = at;
  root.lang = data.languages[at];
  for (const element of document.querySelectorAll("[data-say]")) {
    element.setAttribute("aria-label", word(element.dataset.say));
    if (element.matches("button, select")) element.title = word(element.dataset.say);
    if (element.matches("input")) element.placeholder = `${word(element.dataset.say)}  ( / )`;
  }
  for (const element of document.querySelectorAll("[data-words]")) element.textContent = word(element.dataset.words);
  if (hits.length || $("search").value) search();
}

// -- the view: which point of the picture is in the middle of the window, and how large it is drawn --------------------

const SMALLEST = 0.02, LARGEST = 6;
let look = { x: whole.w / 2, y: whole.h / 2, scale: 1 };
let frame = 0, flight = 0;

function show(next) {
  look = next;
  frame ||= requestAnimationFrame(() => {
    frame = 0;
    const w = view.clientWidth / look.scale, h = view.clientHeight / look.scale;
    svg.setAttribute("viewBox", [look.x - w / 2, look.y - h / 2, w, h].map((value) => value.toFixed(2)).join(" "));
    $("scale").textContent = `${Math.round(look.scale * 100)} %`;
    label();
  });
}
// From afar the sheets of a poster are named in letters that can be read; a click goes there.
function label() {
  const far = $("far");
  if (!far) return;
  far.hidden = look.scale > 0.45;
  if (!far.hidden) [...far.children].forEach((link, at) => {
    const { x, y, w } = area(sheets[at]);
    link.style.left = `${(x + w / 2 - look.x) * look.scale + view.clientWidth / 2}px`;
    link.style.top = `${(y - look.y) * look.scale + view.clientHeight / 2 - 6}px`;
    link.style.maxWidth = `${Math.max(w * look.scale - 8, 44)}px`;
  });
}
function glide(to) {
  cancelAnimationFrame(flight);
  if (still.matches || document.hidden) return show(to);
  const from = look, began = performance.now();
  const step = (now) => {
    const share = Math.min(1, Math.max(0, (now - began) / 220)), by = 1 - (1 - share) ** 3;
    const between = (key) => from[key] + (to[key] - from[key]) * by;
    show({ x: between("x"), y: between("y"), scale: between("scale") });
    if (share < 1) flight = requestAnimationFrame(step);
  };
  flight = requestAnimationFrame(step);
}
const area = (element) => { const { x, y, width: w, height: h } = element.getBBox(); return { x, y, w, h }; };
const around = ({ x, y, w, h }, scale) => ({ x: x + w / 2, y: y + h / 2, scale });
const fitting = ({ w, h }) => Math.min((view.clientWidth - 24) / w, (view.clientHeight - 24) / h);

// Larger or smaller, the point at (x, y) of the window staying where it is.
function zoom(factor, x = view.clientWidth / 2, y = view.clientHeight / 2) {
  const scale = Math.min(LARGEST, Math.max(SMALLEST, look.scale * factor)), moved = 1 / look.scale - 1 / scale;
  cancelAnimationFrame(flight);
  show({ x: look.x + (x - view.clientWidth / 2) * moved, y: look.y + (y - view.clientHeight / 2) * moved, scale });
}
function pan(dx, dy) {
  const keep = (value, most) => Math.min(most, Math.max(0, value)); // the picture never leaves the window
  cancelAnimationFrame(flight);
  show({ ...look, x: keep(look.x + dx / look.scale, whole.w), y: keep(look.y + dy / look.scale, whole.h) });
}
const fit = () => glide(around(whole, Math.min(1.5, fitting(whole))));

// At first: all of it if that can be read (of a poster: anyway), else what fits across or down, from its beginning.
function begin() {
  const narrow = view.clientWidth < 700, first = narrow && sheets.length > 1 ? area(sheets[0]) : whole;
  const all = Math.min(1.25, fitting(first));
  const one = Math.min(1, Math.max((view.clientWidth - 24) / first.w, (view.clientHeight - 24) / first.h));
  const start = around(first, all < 0.6 && (narrow || sheets.length === 1) ? Math.max(all, one) : all);
  const across = view.clientWidth / start.scale, down = view.clientHeight / start.scale, edge = 12 / start.scale;
  if (across < first.w) start.x = first.x + across / 2 - edge;
  if (narrow || down < first.h) start.y = first.y + down / 2 - edge;
  show(start);
}

// Bring into sight what is not, or is too small to be read.
function reveal(element, centre = false) {
  const target = area(element), scale = Math.max(look.scale, Math.min(1, 0.8 * fitting(target)));
  const aside = (at, middle, size, room) => Math.abs(at + size / 2 - middle) + size / 2 + 40 / scale > room / 2 / scale;
  const hidden = aside(target.x, look.x, target.w, view.clientWidth) || aside(target.y, look.y, target.h, view.clientHeight);
  if (centre || hidden || scale > look.scale * 1.5) glide(around(target, scale));
}
new ResizeObserver(() => show(look)).observe(view);

// -- fingers and mouse ------------------------------------------------------------------------------------------------

const fingers = new Map();
let dragged = false;
const spot = (event) => {
  const edge = view.getBoundingClientRect();
  return { x: event.clientX - edge.x, y: event.clientY - edge.y };
};
view.addEventListener("pointerdown", (event) => {
  if (event.button) return;
  if (!fingers.size) dragged = false;
  fingers.set(event.pointerId, spot(event));
});
view.addEventListener("pointermove", (event) => {
  const before = fingers.get(event.pointerId), now = spot(event);
  if (!before) return;
  if (!dragged && fingers.size === 1 && Math.hypot(now.x - before.x, now.y - before.y) < 5) return; // a click that shook
  if (!dragged) view.setPointerCapture(event.pointerId);
  dragged = true;
  view.classList.add("held");
  const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
  fingers.set(event.pointerId, now);
  if (!other) return pan(before.x - now.x, before.y - now.y);
  const apart = (one) => Math.hypot(one.x - other.x, one.y - other.y) || 1;
  zoom(apart(now) / apart(before), (now.x + other.x) / 2, (now.y + other.y) / 2);
  pan((before.x - now.x) / 2, (before.y - now.y) / 2);
});
for (const name of ["pointerup", "pointercancel"]) window.addEventListener(name, (event) => {
  fingers.delete(event.pointerId);
  if (!fingers.size) view.classList.remove("held");
});
view.addEventListener("wheel", (event) => {
  event.preventDefault();
  const { x, y } = spot(event), lines = event.deltaMode ? 16 : 1;
  if (event.shiftKey) pan((event.deltaX || event.deltaY) * lines, 0);
  else zoom(Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.0016)), x, y);
}, { passive: false });
view.addEventListener("click", (event) => {
  if (dragged) return;
  if (event.target.closest("a")) return;
  const hit = event.target.closest("g.node, .strip");
  if (hit) go(cardOf.get(hit));
  else close();
});

// -- rings and ways ---------------------------------------------------------------------------------------------------

function ring(kind, element) {
  let rect = svg.querySelector(`.ring.${kind}`);
  if (!element) return rect?.remove();
  rect ??= svg.appendChild(document.createElementNS(svg.namespaceURI, "rect"));
  rect.setAttribute("class", `ring ${kind}`);
  const { x, y, w, h } = area(element), by = kind === "focus" ? 8 : 5;
  for (const [name, value] of Object.entries({ x: x - by, y: y - by, width: w + 2 * by, height: h + 2 * by, rx: 9 }))
    rect.setAttribute(name, value);
}
const drawn = (card) => nodes.find((node) => cardOf.get(node) === card && !node.matches(".goto")) ??
  [...cardOf.keys()].find((element) => cardOf.get(element) === card);

function mark(card) {
  for (const edge of svg.querySelectorAll(".edge.near")) edge.classList.remove("near");
  for (const [edge, from, to] of data.ways)
    if (card >= 0 && (data.nodes[from] === card) !== (data.nodes[to] === card)) $(edge)?.classList.add("near");
  for (const link of outline.querySelectorAll("[aria-current]")) link.removeAttribute("aria-current");
  outline.querySelector(`a[data-card="${card}"]`)?.setAttribute("aria-current", "true");
  ring("picked", card >= 0 ? drawn(card) : null);
}

// -- cards ------------------------------------------------------------------------------------------------------------

let enter = false; // whether the keyboard shall follow into the card
let from = null; // where it came from
const key = (card) => `#step=${cards[card].dataset.key.split("/").map(encodeURIComponent).join("/")}`;
function go(card, follow = false) {
  if (card === undefined) return;
  enter = follow;
  if (decodeURIComponent(location.hash) === decodeURIComponent(key(card))) arrive();
  else location.hash = key(card);
}
function close() {
  if (open < 0) return;
  const back = panel.contains(document.activeElement);
  history.replaceState(null, "", "#");
  arrive();
  if (back) (from?.isConnected ? from : view.querySelector("[tabindex]"))?.focus();
}

// Show what the address says.
function arrive(first = false) {
  let [, kind, name] = /^#(step|sheet)=(.*)$/s.exec(location.hash) ?? [];
  try { name = decodeURIComponent(name); } catch { name = ""; }
  if (kind === "sheet" && sheets[name - 1]) {
    const sheet = area(sheets[name - 1]);
    glide(around(sheet, Math.min(1.25, fitting(sheet))));
    return;
  }
  let card = kind === "step" ? cards.findIndex((one) => one.dataset.key === name) : -1;
  if (card < 0 && kind === "step") { // a step's id alone will do where only one has it
    const fitting = cards.flatMap((one, at) => one.dataset.key.split(/[./]/).pop() === name ? [at] : []);
    if (fitting.length === 1) card = fitting[0];
  }
  const inside = panel.contains(document.activeElement);
  if (card >= 0 && !inside && document.activeElement !== document.body) from = document.activeElement;
  cards.forEach((one, at) => { one.hidden = at !== card; });
  panel.hidden = card < 0;
  open = card;
  mark(card);
  if (card < 0) return;
  panel.scrollTop = 0;
  const node = drawn(card);
  // The panel takes room first; then there is a view to bring the step into.
  requestAnimationFrame(() => { if (node) reveal(node, first); });
  if (enter || inside) heading(card)?.focus();
  enter = false;
}
const heading = (card) => cards[card].children[language()]?.querySelector("h2");
window.addEventListener("hashchange", () => arrive());

// -- search -----------------------------------------------------------------------------------------------------------

const plain = (text) => text.normalize("NFKC").toLowerCase();
let index = null, hits = [], current = -1;

// What is sought, best first: titles and ids, then who, then everything that is told; in all languages.
const indexed = () => (index ??= cards.map((card) => ({
  titles: [...card.querySelectorAll("h2")].map((one) => plain(one.textContent)),
  fields: [card.dataset.key, ...[...card.querySelectorAll("h2 + h3 + .plain li")].map((one) => one.textContent)].map(plain),
  all: plain([...card.querySelectorAll("ul:not(.ways)")].map((one) => one.textContent).join("\n")),
})));
function rank(entry, sought) {
  if (entry.titles.some((title) => title.startsWith(sought))) return 0;
  if (entry.titles.some((title) => title.includes(sought))) return 1;
  if (entry.fields.some((field) => field.includes(sought))) return 2;
  return entry.all.includes(sought) ? 3 : -1;
}
function search() {
  const sought = plain($("search").value.trim());
  hits = !sought ? [] : indexed().map((entry, card) => [rank(entry, sought), card])
    .filter(([at]) => at >= 0).sort((a, b) => a[0] - b[0] || a[1] - b[1]).map(([, card]) => card);
  const found = new Set(hits);
  for (const [node, card] of cardOf) node.classList.toggle("hit", found.has(card));
  svg.classList.toggle("found", hits.length > 0);
  $("hits").replaceChildren(...hits.slice(0, 200).map((card, at) => {
    const [item, button, small] = ["li", "button", "small"].map((name) => document.createElement(name));
    const told = cards[card].children[language()];
    const about = [".kind > span", "h2 + h3 + .plain li"].map((one) => told.querySelector(one)?.textContent.trim());
    button.type = "button";
    button.dir = "auto";
    button.textContent = told.querySelector("h2").textContent;
    small.textContent = about.filter(Boolean).join(" · ");
    button.append(small);
    button.addEventListener("click", () => { visit(at); $("hits").hidden = true; go(card, true); });
    item.append(button);
    return item;
  }));
  $("hits").hidden = !hits.length;
  current = -1;
  if (hits.length) visit(0);
  else { $("count").textContent = sought ? word("nothing") : ""; mark(open); }
}
function visit(at) {
  if (!hits.length) return;
  current = (at + hits.length) % hits.length;
  [...$("hits").children].forEach((item, number) => {
    const button = item.firstChild, here = number === current;
    here ? button.setAttribute("aria-current", "true") : button.removeAttribute("aria-current");
    if (here) button.scrollIntoView({ block: "nearest" });
  });
  $("count").textContent = `${current + 1} / ${hits.length}`;
  const node = drawn(hits[current]);
  mark(hits[current]);
  if (node) reveal(node, true);
}
$("search").addEventListener("input", search);
$("search").addEventListener("focus", () => { $("hits").hidden = !hits.length; });
$("search").addEventListener("keydown", (event) => {
  if (event.isComposing) return; // the Enter that ends a word of Chinese input
  if (event.key === "Enter" && hits.length) {
    event.preventDefault();
    visit(current + (event.shiftKey ? -1 : 1));
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    visit(current + (event.key === "ArrowDown" ? 1 : -1));
  }
});
$("search").form.addEventListener("submit", (event) => event.preventDefault());
$("next").addEventListener("click", () => visit(current + 1));
$("previous").addEventListener("click", () => visit(current - 1));
document.addEventListener("pointerdown", (event) => { if (!event.target.closest?.("form")) $("hits").hidden = true; });

// -- keyboard ---------------------------------------------------------------------------------------------------------

const WAY = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

// From a step along its ways, in the direction of the arrow; where none leads there, to what stands there.
function walk(node, [dx, dy]) {
  const at = nodes.indexOf(node), here = area(node);
  const near = data.ways.flatMap(([, one, two]) => one === at ? [nodes[two]] : two === at ? [nodes[one]] : []);
  const cost = (other) => {
    const there = area(other);
    const x = there.x + there.w / 2 - here.x - here.w / 2, y = there.y + there.h / 2 - here.y - here.h / 2;
    const along = x * dx + y * dy, aside = Math.abs(x * dy) + Math.abs(y * dx);
    return along > 4 ? along + 2 * aside : Infinity;
  };
  for (const some of [near, nodes]) {
    const ahead = some.filter((other) => other && other !== node && cost(other) < Infinity);
    if (ahead.length) return ahead.reduce((best, other) => (cost(other) < cost(best) ? other : best));
  }
  return null;
}
function focused(node) {
  ring("focus", node);
  view.scrollTo(0, 0);
  if (node) reveal(node);
}
view.addEventListener("focusin", (event) => { if (event.target.matches("g.node:focus-visible")) focused(event.target); });
view.addEventListener("focusout", () => ring("focus", null));

const SHORT = {
  "/": () => { $("search").focus(); $("search").select(); }, "?": () => $("help").click(),
  "+": () => zoom(1.25), "=": () => zoom(1.25), "-": () => zoom(0.8), 0: fit, 1: () => $("scale").click(), o: () => $("contents").click(), d: () => $("theme").click(),
};
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || $("keys").open) return;
  const here = document.activeElement, typing = here.matches("input, select");
  if (event.key === "Escape") {
    if (here === $("search") || hits.length) {
      $("search").value = "";
      search();
      $("search").blur();
    } else if (outline.classList.contains("open") && outline.contains(here)) $("contents").click();
    else close();
  } else if (typing) return;
  else if (here.matches("g.node") && (event.key === "Enter" || event.key === " ")) go(cardOf.get(here), true);
  else if (event.key in WAY && (here === document.body || view.contains(here))) {
    const next = here.matches("g.node") && !event.shiftKey ? walk(here, WAY[event.key]) : null;
    if (next) {
      next.focus();
      focused(next);
      if (open >= 0) go(cardOf.get(next));
    } else pan(...WAY[event.key].map((by) => by * 80));
  } else if (event.key in SHORT) SHORT[event.key]();
  else return;
  event.preventDefault();
});

// -- buttons ----------------------------------------------------------------------------------------------------------

$("in").addEventListener("click", () => zoom(1.25));
$("out").addEventListener("click", () => zoom(0.8));
$("fit").addEventListener("click", fit);
$("scale").addEventListener("click", () => zoom(1 / look.scale));
$("close").addEventListener("click", close);
$("help").addEventListener("click", () => $("keys").showModal());
$("language")?.addEventListener("change", (event) => speak(event.target.value));
$("contents").addEventListener("click", () => {
  const opened = outline.classList.toggle("open");
  $("contents").setAttribute("aria-expanded", opened);
  if (opened) outline.focus({ preventScroll: true });
  else $("contents").focus();
});
outline.addEventListener("click", (event) => {
  const link = event.target.closest("a");
  if (!link) return;
  enter = Boolean(link.dataset.card) && event.detail === 0; // 0: by the keyboard
  if (view.clientWidth < 700 || link.getAttribute("href") === location.hash) arrive();
  if (innerWidth <= 760) outline.classList.remove("open");
});
const dark = matchMedia("(prefers-color-scheme: dark)");
$("theme").addEventListener("click", () => { // kept for as long as the page is open, nowhere else
  const now = root.dataset.theme ?? (dark.matches ? "dark" : "light");
  root.dataset.theme = now === "dark" ? "light" : "dark";
});

// -- paper: the whole picture first, then, where there are several, each sheet on its own ------------------------------

window.addEventListener("beforeprint", () => {
  svg.setAttribute("viewBox", [whole.x, whole.y, whole.w, whole.h].join(" "));
  svg.classList.remove("found");
  mark(-1);
});
window.addEventListener("afterprint", () => {
  show(look);
  svg.classList.toggle("found", hits.length > 0);
  mark(open);
});

// -- begin ------------------------------------------------------------------------------------------------------------

svg.setAttribute("role", "group");
svg.querySelector("title")?.remove(); // it would be the tooltip of the whole picture
svg.removeAttribute("aria-labelledby");
for (const node of nodes) {
  node.setAttribute("role", "button");
  node.setAttribute("tabindex", "0");
  node.setAttribute("aria-controls", "panel");
}
for (const [id, card] of data.strips) {
  const strip = $(id);
  if (strip) { strip.classList.add("strip"); cardOf.set(strip, card); }
}
speak(0);
begin();
arrive(true);
