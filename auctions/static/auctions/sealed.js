// Sealed bids in the bidder's browser: the amount is encrypted here (HPKE, RFC 9180: X25519, HKDF-SHA256, AES-256-GCM) and
// leaves this page only as ciphertext. The functions above start() are also the officers' (ceremony.js) and the tests'.

const encoder = new TextEncoder(), EMPTY = new Uint8Array(0), PLAIN = 1024;

export const utf8 = (text) => encoder.encode(text);
export const hex = (bytes) => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
export const unhex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
export const base64 = (bytes) => btoa(String.fromCharCode(...bytes));
export const unbase64 = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
export const sha256 = async (bytes) => hex(await crypto.subtle.digest("SHA-256", bytes));

/** JSON with one spelling, as the server writes it: keys sorted, no blanks. */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  return `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
}

/** What a ciphertext is bound to: in another bidder's name or for another lot it does not open. */
export const context = (lot, paddle) => utf8(canonical({ format: "luochui.sealed/1", lot, paddle }));

function join(...parts) {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) { all.set(part, at); at += part.length; }
  return all;
}

// ---- HPKE, base mode, one message
const KEM = join(utf8("KEM"), Uint8Array.of(0, 0x20)), SUITE = join(utf8("HPKE"), Uint8Array.of(0, 0x20, 0, 1, 0, 2));
const PKCS8 = unhex("302e020100300506032b656e04220420");  // what comes before the 32 bytes of an X25519 private key

async function hmac(key, message) {
  const kept = await crypto.subtle.importKey("raw", key.length ? key : new Uint8Array(32), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", kept, message));
}

const extract = (suite, salt, label, secret) => hmac(salt, join(utf8("HPKE-v1"), suite, utf8(label), secret));

async function expand(suite, secret, label, info, length) {
  const whole = join(Uint8Array.of(length >> 8, length & 255), utf8("HPKE-v1"), suite, utf8(label), info);
  return (await hmac(secret, join(whole, Uint8Array.of(1)))).slice(0, length);  // never more than one block of 32 bytes
}

const importPublic = (raw) => crypto.subtle.importKey("raw", raw, { name: "X25519" }, true, []);
const importPrivate = (raw) => crypto.subtle.importKey("pkcs8", join(PKCS8, raw), { name: "X25519" }, true, ["deriveBits"]);

/** A new pair of keys as raw bytes. */
export async function newPair() {
  const pair = await crypto.subtle.generateKey({ name: "X25519" }, true, ["deriveBits"]);
  const whole = new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey));
  return { secret: whole.slice(-32), public: new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey)) };
}

/** The public half of a private key. */
export async function publicOf(secret) {
  const { x } = await crypto.subtle.exportKey("jwk", await importPrivate(secret));
  return unbase64(x.replace(/-/g, "+").replace(/_/g, "/"));
}

async function schedule(secret, theirs, sent, receiver, info) {
  const dh = new Uint8Array(await crypto.subtle.deriveBits({ name: "X25519", public: await importPublic(theirs) }, await importPrivate(secret), 256));
  const shared = await expand(KEM, await extract(KEM, EMPTY, "eae_prk", dh), "shared_secret", join(sent, receiver), 32);
  const bound = join(Uint8Array.of(0), await extract(SUITE, EMPTY, "psk_id_hash", EMPTY), await extract(SUITE, EMPTY, "info_hash", info));
  const key = await extract(SUITE, shared, "secret", EMPTY);
  return { key: await expand(SUITE, key, "key", bound, 32), nonce: await expand(SUITE, key, "base_nonce", bound, 12) };
}

/** `plain` encrypted to the public key `to`: the sender's own key, made for this once, then the sealed text. */
export async function seal(to, info, plain) {
  const once = await newPair(), { key, nonce } = await schedule(once.secret, to, once.public, to, info);
  const aes = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["encrypt"]);
  return join(once.public, new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce }, aes, plain)));
}

/** The text behind a ciphertext; null when it was altered, or made for another key, lot or bidder. */
export async function unseal(secret, info, cipher) {
  try {
    const sent = cipher.slice(0, 32), { key, nonce } = await schedule(secret, sent, sent, await publicOf(secret), info);
    const aes = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["decrypt"]);
    return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv: nonce }, aes, cipher.slice(32)));
  } catch { return null; }
}

/** "1,234,567.8" -> "1234567.80"; null when it is no amount. */
export function plainAmount(text, places) {
  const found = /^(\d{1,13})(?:\.(\d+))?$/.exec(text.normalize("NFKC").replace(/[\s,¥元]/g, ""));
  if (!found || (found[2] ?? "").length > places) return null;
  return String(BigInt(found[1])) + (places ? "." + (found[2] ?? "").padEnd(places, "0") : "");
}

/** The padded text of a bid, always as long as any other. */
export function textOf({ lot, paddle, amount, terms }) {
  const nonce = hex(crypto.getRandomValues(new Uint8Array(32)));
  return utf8(JSON.stringify({ format: "luochui.bid/1", lot, paddle, amount, terms, nonce }).padEnd(PLAIN));
}

/** Whether this browser can do all of it: a secure page, and X25519. */
export const able = async () => Boolean(globalThis.crypto?.subtle) && (await newPair().then(() => true, () => false));

/** Let the reader keep `value` as a JSON file. */
export function download(name, value) {
  const link = Object.assign(document.createElement("a"), { download: name });
  link.href = URL.createObjectURL(new Blob([JSON.stringify(value, null, 1)], { type: "application/json" }));
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

if (globalThis.document?.getElementById("envelope-facts")) start(JSON.parse(document.getElementById("envelope-facts").textContent));

async function start(facts) {
  const $ = (id) => document.getElementById(id), form = $("envelope"), say = facts.phrases;
  if (!form) return;
  if (!(await able())) return void ($("unable").hidden = false);
  const button = $("seal"), input = $("amount"), said = $("said"), words = button.textContent;
  const tell = (text, tint) => Object.assign(said, { textContent: text, className: `note note-${tint}`, hidden: !text });
  let armed = null;
  form.hidden = false;

  function disarm() {
    armed = null;
    button.textContent = words;
    button.classList.remove("btn-armed");
  }
  input.addEventListener("input", disarm);

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const figure = plainAmount(input.value, facts.places);
    if (figure === null) { tell(say.amount, "err"); return void input.focus(); }
    if (BigInt(figure.replace(".", "")) < BigInt(facts.start.replace(".", ""))) return tell(say.low, "err");
    const shown = facts.symbol + figure.replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ",");
    if (armed !== figure) {
      armed = figure;
      button.classList.add("btn-armed");
      button.textContent = say.confirm.replace("{amount}", shown);
      return;
    }
    disarm();
    const text = textOf({ lot: facts.lot, paddle: facts.paddle, terms: facts.terms, amount: { amount: figure, currency: facts.currency } });
    const cipher = await seal(unhex(facts.public), context(facts.lot, facts.paddle), text);
    const frame = { key: crypto.randomUUID(), kind: "bid", ciphertext: base64(cipher), commitment: await sha256(text) };
    const answer = await send(frame);
    if (!answer) return;
    const { envelope } = answer.receipt.body;
    if (envelope.sha256 !== (await sha256(cipher)) || envelope.commitment !== frame.commitment) return tell(say.changed, "err");
    input.value = "";
    tell(say.taken.replace("{index}", envelope.index).replace("{amount}", shown), "ok");
    const kept = { format: "luochui.own-copy/1", receipt: answer.receipt, ciphertext: frame.ciphertext, plaintext: new TextDecoder().decode(text).trim() };
    const keep = $("keep");
    keep.hidden = false;
    keep.onclick = () => download(`${facts.lot}-envelope-${envelope.index}.json`, kept);
    keep.focus();
  });

  $("withdraw")?.addEventListener("click", async () => {
    const done = await send({ key: crypto.randomUUID(), kind: "withdrawal", ciphertext: "", commitment: "" });
    if (done) location.reload();
  });

  /** Send until there is an answer: the same key counts once. */
  async function send(frame, pause = 1000) {
    const headers = { "Content-Type": "application/json", "X-CSRFToken": facts.csrf };
    const answer = await fetch(facts.url, { method: "POST", headers, body: JSON.stringify(frame) }).catch(() => null);
    const message = await answer?.json().catch(() => null);
    if (message?.receipt) return message;
    if (message?.detail) return void tell(message.detail, "err");
    tell(say.again, "out");
    await new Promise((go) => setTimeout(go, pause));
    return send(frame, Math.min(pause * 2, 8000));
  }
}
