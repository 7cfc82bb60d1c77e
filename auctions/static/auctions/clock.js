// The room's clock: the server's time, told by this machine's steady one.

/** The server's clock: the sample with the shortest way there and back; shown time slews, it does not jump. */
export function clock(epoch, start) {
  let samples = [], target = epoch - start, offset = target, at = start;
  return {
    sample(t0, t1, server) {
      samples = [...samples, { rtt: t1 - t0, offset: server - (t0 + t1) / 2 }].slice(-8);
      target = samples.reduce((best, one) => (one.rtt < best.rtt ? one : best)).offset;
    },
    forget() { samples = []; },
    /** How far off the shown time may be, in milliseconds: half the shortest way there and back. */
    doubt: () => (samples.length ? Math.min(...samples.map((one) => one.rtt)) / 2 : 0),
    now(mono) {
      const off = target - offset, most = 0.05 * Math.max(0, mono - at);
      offset = Math.abs(off) > 2000 ? target : offset + Math.sign(off) * Math.min(Math.abs(off), most);
      at = mono;
      return mono + offset;
    },
  };
}
