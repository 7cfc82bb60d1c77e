// The officers' side of sealed bids: a key is made and split here, two of three shares open here. The shares go to the
// officers' own files and to nobody else; the server gets the public half, the hashes of the shares and, at the opening, the
// private key that two of them make, which is then published.

import { able, context, download, hex, newPair, publicOf, seal, sha256, unbase64, unhex, unseal, utf8 } from "./sealed.js";

const NEEDED = 2, SHARES = 3;

// ---- Shamir's sharing over GF(256), as auctions/rules/shares.py does it
const EXP = [1], LOG = { 1: 0 };
for (let power = 1; power < 255; power++) {
  const doubled = EXP[power - 1] << 1;
  EXP[power] = doubled ^ EXP[power - 1] ^ (doubled & 0x100 ? 0x11b : 0);
  LOG[EXP[power]] = power;
}
const times = (a, b) => (a && b ? EXP[(LOG[a] + LOG[b]) % 255] : 0);
const inverse = (a) => EXP[(255 - LOG[a]) % 255];

/** Two-of-many shares, by number: the line through the secret at zero, `noise` its slope. */
export function split(secret, noise = crypto.getRandomValues(new Uint8Array(secret.length))) {
  return Object.fromEntries(Array.from({ length: SHARES }, (_, at) => [at + 1, secret.map((byte, n) => byte ^ times(noise[n], at + 1))]));
}

/** The secret behind shares {number: bytes}. */
export function combine(shares) {
  const numbers = Object.keys(shares).map(Number);
  const weight = (x) => numbers.filter((other) => other !== x).reduce((sum, other) => times(sum, times(other, inverse(x ^ other))), 1);
  const secret = new Uint8Array(shares[numbers[0]].length);
  for (const x of numbers) shares[x].forEach((byte, at) => (secret[at] ^= times(weight(x), byte)));
  return secret;
}

/** A share file's text -> {number, share, lot}; null when it is none. */
export function readShare(text) {
  try {
    const said = JSON.parse(text);
    const fine = said.format === "luochui.share/1" && Number.isInteger(said.number) && /^[0-9a-f]{64}$/.test(said.share);
    return fine ? { lot: said.lot, number: said.number, share: unhex(said.share) } : null;
  } catch { return null; }
}

const $ = (id) => document.getElementById(id);

async function ceremony(facts) {
  if (!(await able())) return void ($("unable").hidden = false);
  const form = $("ceremony"), field = (name) => form.elements[name], taken = new Set();
  $("make").hidden = false;
  $("make").addEventListener("click", async () => {
    if (!form.reportValidity()) return;
    const pair = await newPair(), shares = split(pair.secret);
    await check(pair, shares);
    field("public").value = hex(pair.public);
    for (let number = 1; number <= SHARES; number++) {
      field(`sha256_${number}`).value = await sha256(shares[number]);
      const file = { format: "luochui.share/1", lot: facts.lot, number, holder: field(`holder_${number}`).value, public: hex(pair.public), share: hex(shares[number]) };
      const button = $(`share-${number}`);
      button.hidden = false;
      button.textContent = facts.phrases.save.replace("{name}", file.holder);
      button.onclick = () => {
        download(`${facts.lot}-share-${number}.json`, file);
        taken.add(number);
        button.classList.remove("btn-main");
        $("keep").hidden = taken.size < SHARES;
      };
    }
    pair.secret.fill(0);  // from here on it exists in the shares alone
    $("shares").hidden = false;
    $("make").hidden = true;
    for (const element of form.querySelectorAll("input:not([type=hidden]),select")) element.inert = true;
    $("shares").focus();
  });
}

/** Before anybody relies on it: every two shares give the key, and the key opens what is sealed to it. */
async function check(pair, shares) {
  const probe = utf8("probe"), info = context("probe", 1), cipher = await seal(pair.public, info, probe);
  for (const [one, other] of [[1, 2], [1, 3], [2, 3]]) {
    const opened = await unseal(combine({ [one]: shares[one], [other]: shares[other] }), info, cipher);
    if (opened === null || hex(opened) !== hex(probe)) throw new Error("the shares do not open");
  }
}

async function opening(facts) {
  if (!(await able())) return void ($("unable").hidden = false);
  const say = facts.phrases, shares = {}, tell = (text, tint) => Object.assign($("said"), { textContent: text, className: `note note-${tint}`, hidden: !text });
  $("opening").hidden = false;
  $("files").addEventListener("change", async (event) => {
    for (const file of event.target.files) await take(await file.text());
  });
  $("take").addEventListener("click", async () => {
    if (await take($("pasted").value)) $("pasted").value = "";
  });

  async function take(text) {
    const found = readShare(text), known = found && facts.holders.find((one) => one.number === found.number);
    if (!found || found.lot !== facts.lot || !known) return tell(say.no_share, "err");
    if ((await sha256(found.share)) !== known.sha256) return tell(say.wrong_share.replace("{name}", known.holder), "err");
    shares[found.number] = found.share;
    const count = Object.keys(shares).length;
    tell((count < NEEDED ? say.one_more : say.enough).replace("{name}", known.holder), "ok");
    if (count >= NEEDED) await show(combine(shares));
    return true;
  }

  async function show(secret) {
    if (hex(await publicOf(secret)) !== facts.public) return tell(say.wrong_key, "err");
    const rows = [];
    for (const one of facts.envelopes) {
      const text = await unseal(secret, context(facts.lot, one.paddle), unbase64(one.ciphertext));
      const held = text !== null && (await sha256(text)) === one.commitment ? JSON.parse(new TextDecoder().decode(text)) : null;
      rows.push([String(one.index), String(one.paddle), held ? `${held.amount.currency} ${held.amount.amount}` : say.unopenable]);
    }
    $("rows").replaceChildren(...rows.map((cells) => {
      const row = document.createElement("tr");
      row.append(...cells.map((cell) => Object.assign(document.createElement("td"), { textContent: cell, className: "num" })));
      return row;
    }));
    $("private").value = hex(secret);
    $("publish").hidden = false;
    $("publish").querySelector("button").focus();
  }
}

if (globalThis.document?.getElementById("ceremony-facts")) ceremony(JSON.parse(document.getElementById("ceremony-facts").textContent));
if (globalThis.document?.getElementById("opening-facts")) opening(JSON.parse(document.getElementById("opening-facts").textContent));
