// The live room. The server drew the page in its true state; this only changes it. State changes in reduce() alone
// (state.js), paint() writes the page, link() speaks to the server, bid() sends a bid under a key of its own.

export * from "./amounts.js";
export * from "./clock.js";
export * from "./formats.js";
export * from "./state.js";
import { capital, magnitude, minor, moment, money } from "./amounts.js";
import { clock } from "./clock.js";
import { deadline, fallen, offered, same, shown } from "./formats.js";
import { ANSWERS, OVER, may, quick, read, reduce, standing } from "./state.js";

if (typeof document !== "undefined") start(JSON.parse(document.getElementById("room").textContent));

function start(room) {
  const $ = (id) => document.getElementById(id), mono = () => performance.now();
  const zh = room.language.startsWith("zh"), style = { ...room.money, zh };
  const say = room.phrases, fill = (text, facts) => text.replace(/\{(\w+)\}/g, (_, name) => facts[name]);
  const show = (amount) => money(amount, style), title = document.title, store = "bid:" + room.state.lot;
  const hour = (at) => new Date(at).toLocaleTimeString("en-GB", { timeZone: "Asia/Shanghai" });
  const day = (at) => new Date(at).toLocaleString("sv-SE", { timeZone: "Asia/Shanghai" }).slice(0, 16);
  const time = clock(moment(room.server_time), mono()), now = () => time.now(mono());
  let state = { ...read(room.state), reader: room.reader, link: "connecting", armed: null, pending: null, note: "", behind: false, elsewhere: false, maximum: minor(room.maximum) };
  let last = room.standing, painted = state, said = new Set(), fresh = moment(room.server_time), left = null, spoke = -1e9;
  let heardSaid = room.state.said?.seq ?? 0, hidden = null, owed = null;

  function speak(text, urgent) {
    const node = $(urgent ? "alert" : "status");
    node.textContent = "";
    requestAnimationFrame(() => (node.textContent = text));
  }

  function set(message) {
    state = reduce(state, message);
    paint();
  }

  // ---- the page
  const write = (node, text) => node && node.textContent !== text && (node.textContent = text);
  const each = (selector, act) => document.querySelectorAll(selector).forEach(act);

  function paint() {
    const stands = standing(state, now()), [mark, words] = room.standings[stands];
    $("band").dataset.s = stands;
    write($("band-icon"), mark);
    write($("band-text"), fill(words, { time: day(state.opensAt) }));
    write($("band-said"), saying());
    $("here").hidden = stands !== "elsewhere";
    priced();
    const mine = state.leader === state.reader.paddle ? say.you : say.paddle;
    write($("leader"), state.leader === null ? say.nobody : fill(mine, { paddle: state.leader }));
    write($("price-label"), state.phase === "sold" ? say.hammer_price
      : state.price !== null ? say.current_price : state.way.kinds.includes("accept") ? say.price_now : say.starting_price);
    write($("count"), String(state.bids));
    if (state.head) write($("head"), `${state.seq} · ${state.head.slice(0, 8)}…`);
    if (state.reserve === "met") write($("reserve"), say.met);
    if (state.extensions) write($("extended"), fill(say.extended, { count: state.extensions, time: hour(state.endsAt) }));
    const note = state.note === "disarmed" ? say.disarmed : state.note;
    if ($("note")) { write($("note"), note); $("note").hidden = !note; }
    each("form[data-offer]", (form) => {
      const kind = form.dataset.offer, armed = state.armed?.kind === kind, button = form.querySelector("button");
      button.setAttribute("aria-disabled", !may(kind, stands));
      button.classList.toggle("btn-armed", armed);
      write(button, armed ? words_of(state.armed, "again") : room.kinds[kind].ask);
      write($("typed-hint"), fill(say.at_least, { least: show(state.minimum) }));
    });
    const own = state.maximum !== null && (state.maximum > (state.price ?? 0) || stands === "leading");
    if ($("own-max")) { write($("own-max"), own ? fill(say.own_max, { amount: show(state.maximum) }) : ""); $("own-max").hidden = !own; }
    const old = state.link === "down" || state.link === "polling";
    $("as-of").hidden = !old;
    if (old) write($("as-of"), fill(say.as_of, { time: hour(fresh) }));
    list();
    change(stands);
  }

  const decimal = (amount) => (amount / 10 ** style.places).toFixed(style.places);
  const words_of = (offer, which) => fill(room.kinds[offer.kind][which], { amount: show(offer.amount), units: offer.units });

  /** All that follows from the price, which may fall without a message: the figures, and what the buttons offer. */
  function priced() {
    const price = shown(state, now()), stands = standing(state, now());
    write($("price"), show(price));
    each("[data-price]", (node) => write(node, show(price)));
    const short = magnitude(price, style); // in English a small amount has no shorter form than its figure
    write($("caps"), zh && style.symbol === "¥" ? `${capital(price)}（${short}）` : short === show(price) ? "" : short);
    each("[data-steps], [data-take]", (button) => {
      const offer = offered(button, state, now(), style.places), armed = same(state.armed, offer);
      button.setAttribute("aria-disabled", !may(offer.kind, stands));
      button.classList.toggle("btn-armed", Boolean(armed));
      button.value = decimal(offer.amount);
      write(button, words_of(offer, armed ? "again" : "press"));
    });
  }

  /** The line that moves with the clock: when the price falls next, or which period it is. */
  function moving(at) {
    if (!$("way-now") || !["live", "extended"].includes(state.phase)) return;
    const span = (ms) => new Date(Math.max(0, Math.ceil(ms / 1000)) * 1000).toISOString().slice(ms >= 3.6e6 ? 11 : 14, 19);
    if (state.way.freeUntil) write($("way-now"), at < state.way.freeUntil ? say.free_period : say.timed_round);
    if (!state.way.fall || !state.way.kinds.includes("accept") || state.price !== null) return;
    const { next } = fallen(state.way.fall, at);
    write($("way-now"), next ? fill(say.falls, { price: show(next.price), time: span(next.at - at) }) : say.at_floor);
    priced();
  }

  /** What the host said last: a warning with the price it is about, a pause with its reason, words for the room. */
  function saying() {
    const m = state.said, name = m && (m.kind === "warning" ? `warning${m.count}` : m.kind);
    if (!m || !room.said[name] || OVER.includes(state.phase)) return "";
    const facts = { ...m, price: show(shown(state, now())), reason: room.reasons[m.reason] ?? m.reason };
    return fill(room.said[name], { ...facts, until: hour(state.endsAt) });
  }

  function list() {
    if (painted.last === state.last || $("pause").firstElementChild.checked) return;
    const newest = painted.last[0]?.seq ?? 0;
    $("no-bids").hidden = state.last.length > 0;
    $("hist").replaceChildren(...state.last.map((bid) => {
      const row = document.createElement("li");
      row.className = (bid.paddle === state.reader.paddle ? "me " : "") + (bid.seq > newest ? "new" : "");
      row.append(...[hour(bid.at), fill(say.paddle, { paddle: bid.paddle }), show(bid.amount)].map((text, column) => {
        const cell = document.createElement("span");
        if (column !== 1) cell.className = "num";
        cell.textContent = text;
        return cell;
      }));
      return row;
    }));
    painted = state;
  }

  function change(stands) {
    if (change.kinds !== state.way.kinds.join()) {  // another stage, another way to bid
      change.kinds = state.way.kinds.join();
      setTimeout(renew, Math.random() * 1500);
    }
    const before = change.phase, over = OVER.includes(state.phase);
    change.phase = state.phase;
    if (over) $("again").close();  // signing in again helps nobody any more
    if (state.phase !== before && (over || before === "noticed")) setTimeout(renew, Math.random() * 1500);
    if (state.said && state.said.seq > heardSaid) {
      heardSaid = state.said.seq;
      speak(saying(), ["warning", "held", "resumed"].includes(state.said.kind));
      if (stands === "hold" || last === "hold") last = stands;  // the host's own words are enough
    }
    if (stands === last) return;
    const words = $("band-text").textContent, urgent = ["offline", "won", "lost", "passed", "hold", "elsewhere"].includes(stands);
    if (stands === "outbid") {
      const gap = Math.max(0, 3000 - (mono() - spoke));  // at most once in three seconds
      spoke = mono() + gap;
      setTimeout(() => standing(state, now()) === "outbid" && speak(fill(say.outbid, { amount: show(state.price), paddle: state.leader }), true), gap);
    } else if (stands !== "ready" && stands !== "sending") speak(words, urgent);
    document.title = stands === "outbid" ? `${say.title_outbid} · ${title}` : stands === "leading" ? `${say.title_leading} · ${title}` : title;
    last = stands;
  }

  /** What only a template tells (the result, its next step) is fetched from this page's own address. */
  async function renew() {
    const answer = await fetch(location.pathname).catch(() => null);
    if (!answer?.ok) return void setTimeout(renew, 3000);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const focused = document.activeElement?.closest("#bidding, .dock");
    for (const id of ["phase", "result", "bidding", "dock"]) {
      if (page.getElementById(id) && $(id)) $(id).replaceWith(document.adoptNode(page.getElementById(id)));
    }
    if (OVER.includes(state.phase)) {
      document.querySelector(".dock")?.remove();
      document.querySelector("#result .seal")?.classList.add("seal-new");
      if (focused) { $("h-result").tabIndex = -1; $("h-result").focus(); }
    }
    paint();
  }

  function tick() {
    const opening = state.phase === "noticed", { end, phrase } = deadline(state, now());
    if (state.phase === "suspended") return void each("#clock, [data-clock]", (node) => write(node, say.paused));
    if (OVER.includes(state.phase) || !$("clock")) return;
    if (phrase) write($("clock-label"), say[phrase]);
    moving(now());
    const doubt = time.doubt();
    write($("doubt"), doubt > 1000 ? fill(say.doubt, { n: Math.ceil(doubt / 1000) }) : "");
    let seconds = Math.max(0, Math.ceil((end - now()) / 1000));
    if (left?.end === end) seconds = Math.min(seconds, left.seconds);  // it never runs backwards
    left = { end, seconds };
    const two = (n) => String(n).padStart(2, "0"), days = Math.floor(seconds / 86400);
    const text = `${two(Math.floor(seconds / 3600) % 24)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
    const whole = days ? `${fill(say.days, { n: days })} ${text}` : text;
    write($("clock"), whole);
    each("[data-clock]", (node) => write(node, whole));
    $("clock").toggleAttribute("data-urgent", !opening && seconds <= 60);
    for (const at of [600, 300, 60, 30, 10]) {
      if (seconds !== at || opening || said.has(end + at)) continue;
      said.add(end + at);
      speak(fill(at >= 60 ? say.minutes_left : say.seconds_left, { n: at >= 60 ? at / 60 : at }));
    }
    const due = [120, 600].find((at) => seconds <= at), asked = `seat${end}${due}`;
    if (due && seconds && !opening && !said.has(asked)) {
      said.add(asked);
      seated(seconds);
    }
    if (!seconds && last !== "closing") paint();
  }

  /** Ten and two minutes before the end: may this session still bid then? If not, say so while there is time. */
  async function seated(seconds) {
    const answer = state.reader.step === "active" && (await fetch(room.urls.seat).catch(() => null));
    const seat = answer?.ok ? await answer.json().catch(() => null) : null;
    if (!seat || OVER.includes(state.phase)) return;
    const known = !["none", "observer"].includes(seat.reader.step);  // a bidder of another step: the end came meanwhile
    if (known && (seat.reader.step !== "active" || seat.expires_in > seconds + 600)) return;
    $("again").showModal();
    speak($("again-text").textContent);
    if (!known) set({ type: "hello", reader: seat.reader });
  }

  // ---- bids
  const uuid = () => crypto.randomUUID?.() ?? "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) =>
    (c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (c / 4)))).toString(16));

  /** The first press arms an offer, the second one makes it. */
  function press(offer) {
    if (!may(offer.kind, standing(state, now()))) return speak(fill(say.unable, { why: $("band-text").textContent }), true);
    if (same(state.armed, offer)) return bid(offer);
    set({ type: "arm", offer });
    speak(words_of(offer, "armed"));
    const armed = state.armed;
    setTimeout(() => state.armed === armed && set({ type: "arm", offer: null }), 8000);
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-steps], [data-take]");
    if (!button) return;
    event.preventDefault();
    press(offered(button, state, now(), style.places));
  });
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-offer]"), offer = form && offered(form, state, now(), style.places);
    if (!offer) return;  // what the script cannot read, the check page explains
    event.preventDefault();
    press(offer);
  });
  document.addEventListener("input", (event) => {
    if (state.armed && event.target.closest("form[data-offer]")) set({ type: "arm", offer: null });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && state.armed !== null) set({ type: "arm", offer: null });
  });

  /** The key is kept before the bid is sent, so that a lost answer can be asked for under the same key. */
  function bid({ kind, amount, units }) {
    const wire = { amount: decimal(amount), currency: room.money.currency };
    const pending = { key: uuid(), frame: { type: "bid", kind, units, amount: wire, seen_seq: state.seq }, at: Date.now() };
    pending.frame.key = pending.key;
    sessionStorage.setItem(store, JSON.stringify(pending));
    set({ type: "send", pending });
    if (!send(pending.frame)) return ask(pending);
    setTimeout(() => ask(pending), 4000);
  }

  /** Ask over HTTP what became of a bid, with the same key: it counts at most once. Until there is an answer. */
  async function ask(pending, pause = 1000) {
    if (state.pending?.key !== pending.key) return;
    set({ type: "asking" });
    const headers = { "Content-Type": "application/json", "X-CSRFToken": room.csrf };
    const answer = await fetch(room.urls.bid, { method: "POST", headers, body: JSON.stringify(pending.frame) }).catch(() => null);
    const said = await answer?.json().catch(() => null);
    if (said && !said.retry && ANSWERS.includes(said.type)) return hear(said);
    setTimeout(() => ask(pending, Math.min(pause * 2, 8000)), pause);
  }

  function answered(m, pending) {
    if (pending?.key !== m.key) return;
    if (m.type === "error" && m.retry) return void setTimeout(() => ask(pending), 1000);
    sessionStorage.removeItem(store);
    if (m.detail) return speak(m.detail, true);
    owed = { kind: pending.frame.kind, units: pending.frame.units, amount: minor(m.amount), seq: m.seq ?? 0 };
    settle();
  }

  /** Say what became of a bid, once the state tells: recorded, and whether it leads. */
  function settle() {
    if (!owed || owed.seq > state.seq) return;
    const stands = standing(state, now()), rising = ["exact", "proxy"].includes(owed.kind);
    if (rising && stands !== "leading") speak(fill(say.overtaken, { amount: show(owed.amount) }));
    else speak(owed.kind === "exact" ? fill(say.recorded, { amount: show(owed.amount) }) : words_of(owed, "done"));
    owed = null;
  }

  // ---- the link
  let socket = null, failures = 0, heard = mono(), polling = false, away = null;

  const send = (frame) => socket?.readyState === WebSocket.OPEN && (socket.send(JSON.stringify(frame)), true);
  const ping = () => send({ type: "ping", t0: Math.round(mono()) });
  const resync = () => {
    if (state.link === "connecting") return;
    time.forget();
    ping();
    send({ type: "resume", last_seq: 0 }) || poll(0);
  };

  function hear(m) {
    const pending = state.pending, bids = state.bids;
    if (m.type === "pong") return time.sample(m.t0, mono(), moment(m.server_time));
    if (m.server_time) fresh = moment(m.server_time);
    state = reduce(state, m);
    if (m.type === "state" && state.link !== "up" && socket?.readyState === WebSocket.OPEN) up(bids);
    if (state.behind) send({ type: "resume", last_seq: 0 });
    paint();
    if (ANSWERS.includes(m.type)) answered(m, pending);
    settle();
  }

  function up(bids) {
    const gone = away !== null;
    failures = 0;
    away = null;
    polling = false;
    state = reduce(state, { type: "link", link: "up" });
    for (let n = 0; n < 5; n++) setTimeout(ping, n * 200);
    if (gone) speak(state.bids > bids ? fill(say.missed, { n: state.bids - bids }) : say.back);
  }

  function down() {
    if (away === null) away = mono();
    failures += 1;
    if (failures >= 2 && !polling) ask_on();
    if (state.link !== "polling") set({ type: "link", link: "down" });
  }

  /** While there is no socket: questions that wait at the server for news, one after the other. */
  async function ask_on() {
    for (polling = true; polling;) {
      const began = mono(), news = await poll(state.link === "polling" ? 20 : 0);
      await new Promise((go) => setTimeout(go, news ? 250 : Math.max(250, 3000 - (mono() - began))));
    }
  }

  async function poll(wait) {
    const answer = await fetch(`${room.urls.state}?since=${state.seq}&phase=${state.phase}&wait=${wait}`).catch(() => null);
    const said = answer?.ok ? await answer.json().catch(() => null) : null;
    if (socket?.readyState === WebSocket.OPEN && state.link === "up") return;
    state = reduce(state, { type: "link", link: said ? "polling" : "down" });
    if (said) hear(said);
    else paint();
    return said?.type === "state";
  }

  function connect() {
    const here = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${room.socket}`);
    socket = here;
    heard = mono();
    here.onmessage = (event) => { heard = mono(); hear(JSON.parse(event.data)); };
    here.onclose = (event) => {
      if (socket !== here) return;
      if (event.code === 4409) failures = 1;  // this user's newer sockets stay: this page polls from now on
      down();
      if ([4404, 4409].includes(event.code)) return;
      const pause = Math.random() * Math.min(20000, 1000 * 2 ** failures) + (event.code >= 4400 ? 10000 : 0);
      setTimeout(connect, pause);
    };
  }

  /** A dead line may take minutes to close: go on without it. */
  function close(dead) {
    dead.onclose({ code: 1006 });
    dead.onclose = null;
    dead.close();
  }

  setInterval(tick, 250);
  setInterval(ping, 20000);
  // Eight seconds of silence, where a heartbeat comes every two, is a dead line.
  setInterval(() => socket?.readyState === WebSocket.OPEN && mono() - heard > 8000 && close(socket), 1000);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return void (hidden = mono());
    if (hidden !== null && mono() - hidden > 20000 && state.link === "up") set({ type: "link", link: "stale" });
    resync();
  });
  for (const event of ["pageshow", "online"]) addEventListener(event, resync);
  addEventListener("offline", () => socket?.close());

  // ---- one tab bids, the others of this browser watch
  const tabs = "BroadcastChannel" in window ? new BroadcastChannel(store) : null, me = uuid();
  const claim = () => (tabs?.postMessage(me), set({ type: "seat", elsewhere: false }));
  if (tabs) tabs.onmessage = (m) => m.data !== me && state.reader.paddle && set({ type: "seat", elsewhere: true });
  $("here").addEventListener("click", claim);

  change.phase = state.phase;
  change.kinds = state.way.kinds.join();
  $("pause").hidden = OVER.includes(state.phase);
  $("pause").addEventListener("change", paint);
  tick();
  connect();
  if (state.reader.paddle) tabs?.postMessage(me);
  setTimeout(() => state.link === "connecting" && down(), 4000);
  const kept = JSON.parse(sessionStorage.getItem(store) ?? "null");
  if (kept && Date.now() - kept.at < 30000) { set({ type: "send", pending: kept }); ask(kept); }
  else sessionStorage.removeItem(store);
}
