// What a lot's format adds to the room: a falling price, a timed period, bids that stay hidden, and amounts that are typed.

import { minor, moment } from "./amounts.js";

/** The state's `format` in the script's own terms: spans in milliseconds; `fall` and `timed` where there is one. */
export function way(f) {
  return {
    kinds: f.kinds, hidden: f.kinds.includes("sealed") || f.kinds.includes("units"), stage: f.stage,
    fall: !f.falls_from ? null : {
      start: minor(f.start), step: minor(f.step), floor: minor(f.floor), every: f.every_s * 1000,
      from: moment(f.falls_from), stands: f.stands_at && moment(f.stands_at),
    },
    won: (f.allotments ?? []).map((one) => one.paddle),
    freeUntil: f.free_until ? moment(f.free_until) : null,
  };
}

/** The falling price at that moment of the server's clock, and when it falls next: null once it is at its floor. */
export function fallen({ start, step, floor, every, from, stands }, now) {
  const ticks = Math.floor(Math.max(0, (stands ?? now) - from) / every), price = Math.max(floor, start - step * ticks);
  return { price, next: price > floor && !stands ? { price: Math.max(floor, price - step), at: from + (ticks + 1) * every } : null };
}

/** The price everybody sees at that moment: what was bid, else the falling one, else where one starts. */
export function shown(s, now) {
  if (s.price !== null) return s.price;
  return s.way.fall && s.way.kinds.includes("accept") ? fallen(s.way.fall, now).price : s.minimum;
}

/** What the clock counts down to, and the phrase that names it: none for the lot's own end. */
export function deadline(s, now) {
  if (s.phase === "noticed") return { end: s.opensAt, phrase: null };
  if (!s.way.freeUntil) return { end: s.endsAt, phrase: null };
  return now < s.way.freeUntil ? { end: s.way.freeUntil, phrase: "free_ends" } : { end: s.endsAt, phrase: "round_ends" };
}

/** Whether an armed offer is no longer the one its bidder chose, after the state went from s to t. */
export function stale(armed, s, t) {
  if (armed.kind === "exact") return t.price !== s.price;
  return !t.way.kinds.includes(armed.kind) || (armed.kind === "proxy" && armed.amount < t.minimum);
}

/** "1,180,000.5" -> the amount in minor units; null for what only the server's own reader may make of it. */
export function typed(text, places) {
  const plain = text.trim().replace(/^¥/, "").replace(/,(?=\d{3})/g, "");
  if (!/^\d{1,12}(\.\d+)?$/.test(plain)) return null;
  const [whole, cents = ""] = plain.split(".");
  return cents.length > places ? null : Number(whole + cents.padEnd(places, "0")) || null;
}

/** The offer that a form or a button stands for; null if the server has to read it (or to refuse it). */
export function offered(node, s, now, places) {
  if (node.dataset.steps) return { kind: "exact", amount: s.minimum + (Number(node.dataset.steps) - 1) * s.step, units: 1 };
  if ("take" in node.dataset) return { kind: "accept", amount: shown(s, now), units: 1 };
  const said = new FormData(node), amount = typed(said.get("amount"), places), units = Number(said.get("units") ?? 1);
  return amount === null || !Number.isInteger(units) || units < 1 ? null : { kind: said.get("kind"), amount, units };
}

/** Whether two offers are the same; a falling price is taken wherever it stands. */
export const same = (a, b) => a && a.kind === b.kind && (a.kind === "accept" || (a.amount === b.amount && a.units === b.units));
