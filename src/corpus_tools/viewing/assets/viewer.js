"use strict";

// The page is whole without this script. It lights up what belongs together, filters, compares, and walks by keyboard.
// Texts of the corpus reach the page as text nodes alone.

const data = JSON.parse(document.getElementById("data").textContent);
const one = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];

const CONTROLS = /([\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069])/;

/** A text in an element of its own, in which what a browser would obey is marked and obeyed no longer. */
function words(text) {
  const whole = document.createElement("bdi");
  text.split(CONTROLS).forEach((part, index) => {
    if (index % 2 === 0) return whole.append(part);
    const control = document.createElement("bdi");
    control.className = "control";
    control.dataset.code = "U+" + part.codePointAt(0).toString(16).toUpperCase().padStart(4, "0");
    control.append(part);
    return whole.append(control);
  });
  return whole;
}

/** An element with children: nodes, or strings, which become text. */
function make(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children.map((child) => (typeof child === "string" ? words(child) : child)));
  return element;
}

/** The address of the page with another fragment; nothing moves. A viewer that forbids it loses the address alone. */
function rewriteAddress(fragment) {
  try {
    history.replaceState(null, "", location.pathname + location.search + (fragment ? "#" + fragment : ""));
  } catch {
    /* a page inside another program */
  }
}

// ------------------------------------------------------------------------------------------------- a document

function documentPage() {
  const elements = new Map(); // record -> its elements in the text
  for (const element of all("[data-r]")) {
    const name = element.dataset.r;
    if (!elements.has(name)) elements.set(name, []);
    elements.get(name).push(element);
  }
  const form = one(".filters");
  const card = one(".card");
  const state = { chosen: "", pointed: "" };
  const { claims, mentions, entities } = data;

  const annotatorOf = (record) => record.slice(0, record.indexOf("/"));
  const shownAnnotators = () => (form.annotator ? form.annotator.value.split(" ") : data.annotators);
  const comparison = () => (form.annotator ? data.differences[form.annotator.value] : undefined);
  const layerBox = (name) => one(`[name=layer][value=${name}]`, form);
  const layer = (name) => layerBox(name).checked;
  const entityOf = (record) => (mentions[record] ? mentions[record].entity : entities[record] ? record : "");
  const typeOf = (record) => entities[entityOf(record)].type;
  const isSeen = (element) => !element.closest("[hidden]");

  // ---- filters

  const SPECIAL = { "=author": "the author", "=unnamed": "somebody unnamed", "=absent": "nobody named" };

  function isBy(record, source) {
    const claim = claims[record];
    if (!source) return true;
    return source in SPECIAL ? claim.kind === source.slice(1) : claim.sources.includes(source);
  }

  function fillSources() {
    const kept = form.source.value;
    const own = Object.keys(claims).filter((name) => shownAnnotators().includes(annotatorOf(name)));
    const counts = new Map(Object.keys(SPECIAL).map((name) => [name, own.filter((claim) => isBy(claim, name)).length]));
    for (const name of own.flatMap((claim) => claims[claim].sources)) counts.set(name, (counts.get(name) || 0) + 1);
    const several = shownAnnotators().length > 1;
    const label = (name) => SPECIAL[name] || entities[name].name + (several ? ` (${annotatorOf(name)})` : "");
    const options = [...counts].filter(([, number]) => number).sort((a, b) => b[1] - a[1]);
    form.source.replaceChildren(
      make("option", { value: "" }, `anybody (${own.length})`),
      ...options.map(([name, number]) => make("option", { value: name }, `${label(name)} (${number})`)),
    );
    form.source.value = counts.has(kept) ? kept : "";
  }

  function applyFilters() {
    const shown = shownAnnotators();
    for (const side of all(".side")) side.hidden = side.dataset.annotator !== "" && !shown.includes(side.dataset.annotator);
    document.body.classList.toggle("two", shown.length > 1 && Boolean(comparison()));
    for (const entity of all(".entities li")) entity.hidden = !shown.includes(entity.dataset.annotator);
    const types = new Set(all("[name=type]:checked", form).map((box) => box.value));
    const different = comparison();
    const differing = Boolean(form.differences && form.differences.checked && different);
    const same = (record) => differing && different[record] && different[record][0] === "same";
    for (const record of Object.keys(mentions)) {
      const off = !layer("mentions") || !types.has(typeOf(record)) || same(record);
      mark(record, { off, ...compared(record) });
    }
    for (const record of Object.keys(claims)) {
      const out = !layer("claims") || same(record) || !isBy(record, form.source.value);
      mark(record, { out, on: isOn(record, out) });
      noteOf(record).classList.toggle("out", out);
    }
    for (const note of all(".note")) note.hidden = note.classList.contains("out") && !one(".note:not(.out)", note);
    document.body.classList.toggle("filtered", form.source.value !== "");
    compare();
    count();
    rove();
  }

  const noteOf = (record) => document.getElementById(record);
  const isOn = (record, out) => !out && (record === (state.pointed || state.chosen) || form.source.value !== "");

  function mark(record, classes) {
    for (const element of elements.get(record) || [])
      for (const [name, on] of Object.entries(classes)) element.classList.toggle(name, Boolean(on));
  }

  function count() {
    const shown = shownAnnotators();
    const types = Object.keys(mentions).filter((name) => shown.includes(annotatorOf(name))).map(typeOf);
    for (const place of all(".number[data-type]")) place.textContent = types.filter((type) => type === place.dataset.type).length;
    const own = Object.keys(claims).filter((name) => shown.includes(annotatorOf(name)));
    const seen = own.filter((name) => !noteOf(name).classList.contains("out"));
    one(".shown").textContent = own.length ? `${seen.length} of ${own.length} claims shown` : "";
  }

  // ---- two annotators

  function compared(record) {
    const found = comparison() && comparison()[record];
    return { only: found && found[0] === "only", differs: found && found[0] === "differs" };
  }

  function compare() {
    for (const line of all(".difference")) line.remove();
    const different = comparison();
    if (!form.annotator) return;
    one(".comparison").hidden = !different;
    one(".heads").hidden = !different;
    if (!different) return;
    one(".heads").replaceChildren(...shownAnnotators().map((name) => make("b", {}, name)));
    for (const [record, [kind, other, fields]] of Object.entries(different)) {
      if (kind === "same" || !claims[record]) continue;
      const line = make("p", { className: "difference" });
      if (kind === "only") line.append(`only ${annotatorOf(record)} has it`);
      else line.append(make("a", { href: "#" + other }, other), " differs in " + fields.join(", ").replaceAll("_", " "));
      one(".gist", noteOf(record)).after(line);
    }
    one(".comparison .summary").textContent = [summary("mentions", mentions), summary("claims", claims)].join("; ");
  }

  function summary(name, records) {
    const [left, right] = shownAnnotators();
    const found = Object.entries(comparison()).filter(([record]) => records[record]);
    const number = (kind, who) => found.filter(([record, item]) => item[0] === kind && annotatorOf(record) === who).length;
    const alone = [left, right].map((who) => `${number("only", who)} only ${who}`).join(", ");
    return `${name}: ${number("same", left)} the same, ${number("differs", left)} differ, ${alone}`;
  }

  // ---- what is pointed at and what is chosen

  function light() {
    const record = state.pointed || state.chosen;
    const entity = entityOf(record);
    for (const element of all(".lit")) element.classList.remove("lit");
    for (const element of all(".m.chosen, .note.chosen")) element.classList.remove("chosen");
    for (const mention of entity ? entities[entity].mentions : []) mark(mention, { lit: true });
    if (mentions[state.chosen]) mark(state.chosen, { chosen: true });
    for (const name of Object.keys(claims)) mark(name, { on: isOn(name, noteOf(name).classList.contains("out")) });
    document.body.classList.toggle("choosing", Boolean(claims[record]));
    for (const current of all("[aria-current]")) current.removeAttribute("aria-current");
    const note = claims[state.chosen] && noteOf(state.chosen);
    for (const more of all(".more")) if (!note || more.parentNode !== note) more.remove();
    if (note) {
      note.classList.add("chosen");
      one(".pick", note).setAttribute("aria-current", "true");
      if (!one(":scope > .more", note)) note.insertBefore(more(state.chosen), one(":scope > .inner", note));
    }
    showCard(record);
  }

  function showCard(record) {
    const entity = entityOf(record);
    if (card.dataset.shown === record) return undefined; // a button of it may have the focus
    card.dataset.shown = record;
    card.classList.toggle("full", Boolean(entity));
    if (!entity) return card.replaceChildren(make("p", { className: "hint" }, HINT));
    return card.replaceChildren(...entityCard(entity, record));
  }

  const HINT =
    "Point at a mention, or choose a mention or a claim. Tab leads to a paragraph and to its claims, " +
    "the arrow keys walk through them, Escape lets go.";

  function entityCard(record, at) {
    const entity = entities[record];
    const forms = new Map();
    for (const name of entity.mentions) forms.set(mentions[name].text, (forms.get(mentions[name].text) || 0) + 1);
    const listed = [...forms].sort((a, b) => b[1] - a[1]).map(([form, number]) => (number > 1 ? `${form} ×${number}` : form));
    const parts = [make("h2", {}, entity.name), make("p", {}, `${entity.type}, mentioned ${times(entity.mentions.length)}`)];
    if (mentions[at]) parts.push(steps(entity.mentions, at));
    parts.push(make("p", { className: "forms" }, listed.join(", ")));
    if (entity.source.length) parts.push(make("p", {}, claimsBy(record, entity.source.length)));
    if (entity.about.length) parts.push(make("p", {}, "named in ", ...links(entity.about)));
    const outer = mentions[at] ? around(at) : [];
    if (outer.length) parts.push(make("p", {}, "inside ", ...links(outer, (name) => mentions[name].text)));
    if (mentions[at]) parts.push(make("p", {}, described(at)), bytesButton(mentions[at].bytes));
    return parts;
  }

  const times = (number) => (number === 1 ? "once" : `${number} times`);

  function described(record) {
    const { level, metonymic } = mentions[record];
    return [record, level || "", metonymic ? "metonymic" : ""].filter(Boolean).join(", ");
  }

  function steps(chain, at) {
    const index = chain.indexOf(at);
    const step = (by, label) => {
      const target = chain[(index + by + chain.length) % chain.length];
      const onclick = () => {
        choose(target, true, false);
        one(`[aria-label="${label}"]`, card).focus();
      };
      return make("button", { type: "button", ariaLabel: label, onclick }, by < 0 ? "◀" : "▶");
    };
    const where = make("span", {}, `${index + 1} of ${chain.length}`);
    const close = make("button", { type: "button", ariaLabel: "let go", onclick: release }, "✕");
    return make("div", { className: "steps" }, step(-1, "mention before"), where, step(1, "next mention"), close);
  }

  function claimsBy(record, number) {
    const filter = () => setSource(record);
    return make("button", { type: "button", onclick: filter }, `what it claims (${number})`);
  }

  function links(records, label = (name) => name.slice(name.indexOf("/") + 1)) {
    return records.flatMap((name, index) => {
      const link = make("a", { href: "#" + (entities[name] ? entities[name].mentions[0] : name) }, label(name));
      link.dataset.record = name;
      return [...(index ? [", "] : []), link];
    });
  }

  /** The mentions that a mention stands inside of. */
  function around(record) {
    const found = new Set();
    const outside = (element) => element.parentElement.closest(".m");
    for (let outer = outside(elements.get(record)[0]); outer; outer = outside(outer)) found.add(outer.dataset.r);
    return [...found];
  }

  function more(record) {
    const claim = claims[record];
    const named = (records) => make("dd", {}, ...links(records, (name) => entities[name].name));
    const list = make("dl");
    if (claim.sources.length) list.append(make("dt", {}, "claimed by"), named(claim.sources));
    if (claim.about.length) list.append(make("dt", {}, "names"), named(claim.about));
    return make("div", { className: "more" }, ...(list.childNodes.length ? [list] : []), bytesButton(claim.bytes));
  }

  // ---- the bytes of the source

  function bytesButton(places) {
    const list = make("div", { className: "bytes", hidden: true });
    if (!Object.values(places).some((fragments) => fragments.length)) return list;
    const button = make("button", { type: "button", ariaExpanded: "false" }, "source bytes");
    button.onclick = () => {
      list.hidden = !list.hidden;
      button.ariaExpanded = String(!list.hidden);
      if (list.hidden || list.childNodes.length) return;
      for (const [part, fragments] of Object.entries(places))
        for (const [start, end, text] of fragments) {
          const where = make("p", {}, `${part}: bytes ${start}–${end} of ${data.file}`);
          list.append(where, make("code", {}, text), make("code", {}, hexadecimal(text)));
        }
    };
    return make("div", {}, button, list);
  }

  const HEX = 256;

  function hexadecimal(text) {
    const head = new TextEncoder().encode(text.slice(0, HEX + 1)); // one more: a half of a character has other bytes
    const bytes = [...head].map((byte) => byte.toString(16).padStart(2, "0"));
    return bytes.slice(0, HEX).join(" ") + (text.length > HEX || bytes.length > HEX ? " …" : "");
  }

  // ---- choosing

  function choose(record, move, focus) {
    state.chosen = claims[record] || mentions[record] || entities[record] ? record : "";
    state.pointed = "";
    if (record && !state.chosen) return;
    if (state.chosen && !shownAnnotators().includes(annotatorOf(record)) && form.annotator) {
      form.annotator.value = annotatorOf(record);
      fillSources();
    }
    if (record) letThrough(record);
    applyFilters();
    light();
    rewriteAddress(record || (form.source.value ? "source=" + form.source.value : ""));
    if (!move || !record) return;
    const target = placeOf(record);
    if (target) moveTo(target);
    const focused = target && (one(".pick", target) || one("a", target));
    if (focus && focused) focused.focus({ preventScroll: true });
  }

  /** Undo the filters that hide a record. */
  function letThrough(record) {
    if (claims[record]) {
      layerBox("claims").checked = true;
      if (!isBy(record, form.source.value)) form.source.value = "";
    } else {
      layerBox("mentions").checked = true;
      for (const box of all("[name=type]", form)) box.checked ||= box.value === typeOf(record);
    }
    const found = comparison() && comparison()[record];
    if (found && found[0] === "same") form.differences.checked = false;
  }

  /** Scroll to a mention; to a claim so that its paragraph is seen too, where both fit. */
  function moveTo(target) {
    const row = target.closest(".row");
    const fits = target.getBoundingClientRect().bottom - row.getBoundingClientRect().top < innerHeight - 100;
    if (!target.matches(".note")) target.scrollIntoView({ block: "center" });
    else if (fits) row.scrollIntoView({ block: "start" });
    else target.scrollIntoView({ block: "nearest" });
  }

  /** Where a record is to be seen: the note of a claim, the place of a mention, the first mention of an entity. */
  function placeOf(record) {
    if (claims[record]) return noteOf(record);
    const mention = mentions[record] ? record : entities[record].mentions[0];
    return mention ? elements.get(mention)[0] : null;
  }

  function setSource(source) {
    form.source.value = source;
    applyFilters();
    light();
    rewriteAddress(source ? "source=" + source : state.chosen);
    const first = source && all(".note:not(.out)").find(isSeen);
    if (first) first.scrollIntoView({ block: "center" });
  }

  function fromAddress() {
    let fragment = "";
    try {
      fragment = decodeURIComponent(location.hash.slice(1));
    } catch {
      return; // not an address of ours
    }
    if (fragment.startsWith("source=")) {
      const source = fragment.slice(7);
      if (form.annotator && entities[source]) form.annotator.value = annotatorOf(source);
      fillSources();
      setSource(all("option", form.source).some((option) => option.value === source) ? source : "");
    } else if (fragment.includes("/")) choose(fragment, true, true);
  }

  /** The record that an element of the text stands for: the innermost mention that is shown, or else the innermost claim. */
  function recordAt(element) {
    const mention = element.closest(".m:not(.off)[data-r]");
    if (mention) return mention.dataset.r;
    const claim = element.closest(".c:not(.out)");
    return claim ? claim.dataset.r : "";
  }

  function clicked(event) {
    const link = event.target.closest("a[href^='#']");
    const note = event.target.closest(".note");
    const inText = event.target.closest(".words");
    if (event.target.closest("button, summary, form, .bytes") || !getSelection().isCollapsed) return;
    const linked = link && (link.dataset.record || decodeURIComponent(link.hash.slice(1)));
    const record = inText ? recordAt(event.target) : linked || (note ? note.id : "");
    if (!record && event.target.closest("main")) release();
    if (!record.includes("/")) return;
    event.preventDefault();
    choose(record, !inText && !(note && !link), Boolean(link) && !inText);
  }

  function pointed(event) {
    if (event.pointerType === "touch") return;
    const words = event.target.closest(".words");
    const note = event.target.closest(".note");
    const record = words ? recordAt(event.target) : note ? note.id : entityAt(event.target);
    const next = claims[record] && words ? "" : record;
    if (next === state.pointed) return;
    state.pointed = next;
    light();
  }

  function entityAt(element) {
    const item = element.closest(".entities li");
    return item ? item.dataset.entity : "";
  }

  // ---- keyboard: one stop for the mentions of a paragraph and one for its claims; arrows walk on from there

  /** The first link of each mention that is shown. Where mentions overlap a link belongs to the innermost. */
  function mentionStops() {
    const found = new Map();
    for (const link of all(".words a").filter(isSeen)) {
      const mention = link.closest(".m:not(.off)[data-r]");
      if (mention && !found.has(mention.dataset.r)) found.set(mention.dataset.r, link);
    }
    return [...found.values()];
  }

  let walks = { mention: [], claim: [] };

  function rove() {
    for (const link of all(".words a, .pick")) link.tabIndex = -1;
    walks = { mention: mentionStops(), claim: all(".pick").filter(isSeen) };
    for (const links of Object.values(walks)) {
      const paragraphs = new Set();
      for (const link of links) {
        const side = link.closest(".side");
        if (!paragraphs.has(side)) link.tabIndex = 0;
        paragraphs.add(side);
      }
    }
  }

  function pressed(event) {
    if (event.key === "Escape") return release();
    const link = event.target.closest(".words a, .pick");
    if (!link || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return undefined;
    const walk = link.matches(".pick") ? walks.claim : walks.mention;
    const inNotes = link.matches(".pick") ? 1 : 0; // in the text the keys up and down scroll, as they do elsewhere
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: inNotes, ArrowUp: -inNotes }[event.key];
    const next = step && walk[walk.indexOf(link) + step];
    if (!next) return undefined;
    event.preventDefault();
    next.tabIndex = 0;
    link.tabIndex = -1;
    return next.focus();
  }

  function focused(event) {
    const link = event.target.closest(".words a, .pick");
    if (!link || !link.matches(":focus-visible")) return;
    state.pointed = link.matches(".pick") ? link.closest(".note").id : recordAt(link);
    light();
  }

  function release() {
    if (form.source.value && !state.chosen) form.source.value = "";
    choose("", false, false);
  }

  // ---- start

  document.addEventListener("click", clicked);
  document.addEventListener("keydown", pressed);
  document.addEventListener("focusin", focused);
  document.addEventListener("pointermove", pointed); // not pointerover: what scrolls below a pointer that rests is not pointed at
  window.addEventListener("hashchange", fromAddress);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", (event) => {
    if (event.target === form.annotator) {
      fillSources();
      state.chosen = "";
    }
    if (event.target === form.source) return setSource(form.source.value);
    applyFilters();
    return light();
  });
  if (matchMedia("(max-width: 68rem)").matches) one("details", form).open = false;
  fillSources();
  applyFilters();
  light();
  fromAddress();
  window.addEventListener("load", () => requestAnimationFrame(fromAddress)); // the browser itself scrolled in between
}

// ------------------------------------------------------------------------------------------------ the overview

function overviewPage() {
  const PAGE = 100;
  const body = one(".documents tbody");
  const search = one("[name=words]");
  const pager = one(".pager");
  const collator = new Intl.Collator(undefined, { numeric: true });
  const rows = data.documents.map((cells, order) => ({ cells, order, words: cells.slice(0, 5).join(" ").toLowerCase() }));
  const state = { column: -1, down: false, start: 0, found: rows };

  // cells: id, title, published, publisher, language, characters, entities, mentions, claims
  function line({ cells: [id, title, ...rest] }) {
    const link = make("a", { href: `documents/${encodeURIComponent(id)}.html` }, title);
    return make("tr", {}, make("th", { scope: "row" }, link), ...rest.map((value) => make("td", {}, String(value))));
  }

  function show() {
    const end = Math.min(state.start + PAGE, state.found.length);
    body.replaceChildren(...state.found.slice(state.start, end).map(line));
    one(".shown").textContent = `${state.found.length} of ${rows.length} documents`;
    pager.hidden = state.found.length <= PAGE;
    one(".where", pager).textContent = `${state.start + 1}–${end} of ${state.found.length}`;
    one("[data-step='-1']", pager).disabled = state.start === 0;
    one("[data-step='1']", pager).disabled = end === state.found.length;
  }

  function find() {
    const wanted = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    state.found = rows.filter((row) => wanted.every((word) => row.words.includes(word)));
    if (state.column >= 0) state.found.sort(order);
    state.start = 0;
    show();
  }

  function order(a, b) {
    const [x, y] = [a.cells[state.column], b.cells[state.column]];
    const way = typeof x === "number" ? x - y : collator.compare(x, y);
    return (state.down ? -way : way) || a.order - b.order;
  }

  for (const button of all("thead button")) {
    button.onclick = () => {
      const column = Number(button.dataset.column) + 1;
      state.down = state.column === column ? !state.down : typeof (rows[0] || { cells: [] }).cells[column] === "number";
      state.column = column;
      for (const head of all(".documents thead th")) head.removeAttribute("aria-sort");
      button.closest("th").setAttribute("aria-sort", state.down ? "descending" : "ascending");
      find();
    };
  }
  for (const button of all("button", pager)) {
    button.onclick = () => {
      state.start += Number(button.dataset.step) * PAGE;
      show();
      one("#documents").scrollIntoView();
    };
  }
  one(".search").addEventListener("submit", (event) => event.preventDefault());
  search.addEventListener("input", find);
  show();
}

// ------------------------------------------------------------------------------------------------ what differs

/** A list of what differs, of which some kinds can be left out. */
function differencesPage() {
  const form = one(".kinds");
  if (!form) return;
  const items = all("[data-kind]");

  function show() {
    const kinds = new Set(all(":checked", form).map((box) => box.value));
    for (const item of items) item.hidden = !kinds.has(item.dataset.kind);
    one(".shown", form).textContent = `${items.filter((item) => !item.hidden).length} of ${items.length} shown`;
  }

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", show);
  show();
}

document.documentElement.classList.add("js");
if (data.documents) overviewPage();
else if (data.kinds) differencesPage();
else documentPage();
