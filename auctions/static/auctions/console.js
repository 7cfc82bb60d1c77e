// The console and the big screen: the server draws them; this renews what it drew, keeps the clock, and makes the hammer
// a press of one second. Without it both work by plain forms and a reload.

const $ = (id) => document.getElementById(id), mono = () => performance.now();
let offset = null, rtt = Infinity, busy = false, again = false, line = null, quiet = 0, fell = 0;

const moment = (text) => Date.parse(text.replace(/(\.\d{3})\d*/, "$1"));

/** The server's clock by the page's own fetches: the one with the shortest way there and back counts. */
function sample(t0, t1, text) {
  if (!text || t1 - t0 >= rtt) return;
  rtt = t1 - t0;
  offset = moment(text) - (t0 + t1) / 2;
  const tag = $("synced");
  if (tag) { tag.hidden = false; tag.textContent = tag.dataset.words.replace("{ms}", Math.ceil(rtt / 2)); }
}

/** Fetch this page and take over what changed; a second wish while one is under way is granted after it. */
async function renew(options) {
  if (busy && !options) return void (again = true);
  busy = true;
  const t0 = mono(), answer = await fetch(location.href, { headers: { accept: "text/html" }, ...options }).catch(() => null);
  if (answer?.ok) {
    const page = new DOMParser().parseFromString(await answer.text(), "text/html"), live = page.getElementById("live");
    if (options && answer.url) history.replaceState(null, "", answer.url);
    if (live) sample(t0, mono(), live.dataset.now);
    if (live) merge($("live"), live);
    const said = page.querySelector("main > [role=status].stack-s");
    if (options) speak(said?.textContent.trim() ?? "");
    const old = document.querySelector("main > [role=status].stack-s");
    if (old && options) old.remove();
    if (said && options) $("live").before(document.adoptNode(said));
    follow();
  }
  busy = false;
  if (again) { again = false; renew(); }
}

/** Make `here` say what `there` says. What somebody types in or has the focus on stays the same element. */
function merge(here, there) {
  if (here.isEqualNode(there) || here.dataset?.held) return;
  const alike = here.nodeName === there.nodeName && (here.id || "") === (there.id || "");
  if (!alike) return void here.replaceWith(document.adoptNode(there));
  if (here.nodeType === Node.TEXT_NODE) return void (here.data = there.data);
  if (here.nodeType !== Node.ELEMENT_NODE) return;
  for (const { name } of [...here.attributes]) if (!there.hasAttribute(name) && name !== "open" && name !== "hidden") here.removeAttribute(name);
  for (const { name, value } of there.attributes) if (name !== "hidden" && here.getAttribute(name) !== value) here.setAttribute(name, value);
  if (here.id === "clock" || here.id === "synced") return;
  if (here.matches("input, textarea, select")) {
    if (here.type === "hidden") here.value = there.value;
    return;
  }
  const mine = [...here.childNodes], theirs = [...there.childNodes];
  theirs.forEach((node, at) => (mine[at] ? merge(mine[at], node) : here.append(document.adoptNode(node))));
  mine.slice(theirs.length).forEach((node) => node.remove());
}

function speak(text) {
  const node = $("alert") ?? $("status");
  node.textContent = "";
  requestAnimationFrame(() => (node.textContent = text));
}

/** Listen to the lot shown; each word from its room is a reason to look again. */
function follow() {
  const path = $("live").dataset.socket;
  if (!path || (line && line.path === path && line.socket.readyState < 2)) return;
  line?.socket.close();
  const socket = new WebSocket(location.origin.replace("http", "ws") + path);
  line = { path, socket };
  socket.onmessage = (message) => {
    quiet = mono();
    if (JSON.parse(message.data).type === "state") renew();
  };
}

function tick() {
  const clock = $("clock"), end = clock?.dataset.end, until = $("live").dataset.until;
  if (until && offset !== null && mono() + offset >= Date.parse(until) && mono() - fell > 500) { fell = mono(); renew(); }
  if (!end || offset === null) return;
  const seconds = Math.max(0, Math.ceil((Date.parse(end) - mono() - offset) / 1000)), two = (n) => String(n).padStart(2, "0");
  const days = Math.floor(seconds / 86400), digits = `${two(Math.floor(seconds / 3600) % 24)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  const text = days ? `${clock.dataset.days.replace("{n}", days)} ${digits}` : digits;
  if (clock.textContent !== text) clock.textContent = text;
  clock.toggleAttribute("data-urgent", seconds <= 60);
  if (!seconds && !tick.asked) { tick.asked = true; setTimeout(() => { tick.asked = false; renew(); }, 1500); }
}

// ---- commands

function send(form, button) {
  const said = new FormData(form);
  said.set("what", button.value);
  renew({ method: "POST", body: said, headers: { accept: "text/html" } });
}

document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button?.closest("#live") || button.value === "take") return;
  event.preventDefault();
  if (button.getAttribute("aria-disabled") === "true") return speak(button.title);
  send(event.target, button);
});

/** Held for a second the hammer falls at once; a short press only arms it, and the next one lets it fall. */
let pressed = null;
document.addEventListener("pointerdown", (event) => {
  const button = event.target.closest?.("#b-hammer");
  if (!button || button.getAttribute("aria-disabled") === "true") return;
  button.classList.add("btn-held");
  pressed = setTimeout(() => {
    pressed = null;
    button.classList.remove("btn-held");
    const form = button.form, lot = new URL(form.action, location.href).searchParams.get("lot");
    form.elements.armed.value = lot;
    send(form, button);
    button.dataset.fell = "1";
  }, 1000);
});
for (const kind of ["pointerup", "pointercancel", "pointerleave"]) {
  document.addEventListener(kind, () => {
    clearTimeout(pressed);
    $("b-hammer")?.classList.remove("btn-held");
  });
}
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("#b-hammer");
  if (button?.dataset.fell) { event.preventDefault(); delete button.dataset.fell; }
}, true);

/** Single keys only while they are switched on, and never while somebody types. */
document.addEventListener("keydown", (event) => {
  const on = $("keys")?.querySelector("input").checked;
  if (!on || event.ctrlKey || event.altKey || event.metaKey || event.target.matches("input:not([type=checkbox]), textarea")) return;
  const button = document.querySelector(`[data-key="${event.key.toUpperCase()}"]`);
  if (button) { event.preventDefault(); button.focus(); button.click(); }
});

if ($("keys")) $("keys").hidden = false;
follow();
renew();
setInterval(tick, 200);
setInterval(() => { if (mono() - quiet > 5000) renew(); }, 3000);
document.addEventListener("visibilitychange", () => { if (!document.hidden) { rtt = Infinity; renew(); } });
addEventListener("online", () => renew());
