// What the room knows: the state after each message, and the one word for how the reader stands. Pure functions.

import { minor, moment } from "./amounts.js";
import { stale, way } from "./formats.js";

/** What the public state says, in the script's own terms. */
export function read(m) {
  return {
    seq: m.seq, phase: m.phase, price: minor(m.price), minimum: minor(m.minimum), step: minor(m.step), leader: m.leader,
    bids: m.bids, head: m.head, opensAt: moment(m.opens_at), endsAt: moment(m.ends_at), extensions: m.extensions, reserve: m.reserve,
    said: m.said, way: way(m.format),
    last: m.last.map((b) => ({ seq: b.seq, paddle: b.paddle, amount: minor(b.amount), at: moment(b.at) })),
  };
}

export const OVER = ["sold", "passed_in", "withdrawn", "annulled"];
export const ANSWERS = ["ack", "kept", "reject", "error"];
const BIDDING = ["live", "extended"];

/** Pure: the state after a message. Older states are dropped; the note tells why something did not happen. */
export function reduce(s, m) {
  switch (m.type) {
    case "state": {
      if (m.seq < s.seq) return s;
      const t = { ...s, ...read(m), behind: false };
      return s.armed && stale(s.armed, s, t) ? { ...t, armed: null, note: "disarmed" } : t;
    }
    case "hello": return { ...s, reader: { ...m.reader, has_bid: m.reader.has_bid || s.reader.has_bid } };
    case "heartbeat": return m.seq > s.seq ? { ...s, behind: true } : s;
    case "link": return { ...s, link: m.link, armed: m.link === "down" ? null : s.armed };
    case "seat": return { ...s, elsewhere: m.elsewhere, armed: null };
    case "arm": return { ...s, armed: m.offer, note: "" };
    case "send": return { ...s, armed: null, note: "", pending: m.pending };
    case "asking": return s.pending ? { ...s, pending: { ...s.pending, asking: true } } : s;
    // Who leads after a bid is the state's to say: a standing maximum may have answered it in the same moment.
    case "ack": return s.pending?.key === m.key ? { ...noted(s, m), awaited: m.seq, reader: { ...s.reader, has_bid: true } } : s;
    case "kept": return s.pending?.key === m.key ? noted(s, m) : s;
    case "reject": return s.pending?.key === m.key ? { ...s, pending: null, note: m.detail } : s;
    case "error": return s.pending && s.pending.key === m.key && !m.retry ? { ...s, pending: null, note: m.detail } : s;
  }
  return s;
}

/** The state once a bid of one's own is answered; of a maximum, that it stands. */
const noted = (s, m) => ({
  ...s, pending: null, maximum: s.pending.frame.kind === "proxy" ? Math.max(s.maximum ?? 0, minor(m.amount)) : s.maximum,
});

/** One word decides the band's colour, mark and words. */
export function standing(s, now) {
  const mine = s.reader.paddle !== null && (s.leader === s.reader.paddle || s.way.won.includes(s.reader.paddle));
  if (s.phase === "sold") return mine ? "won" : s.reader.has_bid ? "lost" : "over";
  const settled = { passed_in: "passed", withdrawn: "withdrawn", annulled: "annulled", suspended: "hold" }[s.phase];
  if (settled) return settled;
  if (s.link === "down") return "offline";
  if (s.link === "stale") return "connecting";
  if (s.pending) return s.pending.asking ? "asking" : "sending";
  if (s.awaited > s.seq) return "sending";
  if (BIDDING.includes(s.phase) && now >= s.endsAt) return "closing";
  if (s.reader.step !== "active") {
    return { none: "register", applied: "qualifying", rejected: "rejected", qualified: "deposit" }[s.reader.step] ?? "observer";
  }
  if (s.elsewhere) return "elsewhere";
  if (!BIDDING.includes(s.phase)) return "waiting";
  if (mine) return "leading";
  if (!s.reader.has_bid) return s.way.stage === "priority" ? "window" : "ready";
  return s.way.hidden ? "sealed" : "outbid";
}

/** Whether a bid of that kind may be made by who stands so; a leader may raise its own maximum alone. */
export const may = (kind, stands) =>
  ["ready", "window", "outbid"].includes(stands) || (kind === "proxy" && stands === "leading") || (kind === "units" && stands === "sealed");

/** The amount a quick button names: so many increments up (the first bid may name the starting price). */
export const quick = (s, steps) => s.minimum + (steps - 1) * s.step;
