// Amounts and moments as the wire has them, and as the page writes them: the server's own spelling, in the browser.

/** "1180000.00" -> 118000000, the amount in minor units. */
export const minor = (wire) => (wire === null ? null : Number(wire.amount.replace(".", "")));

/** A moment of the log ("…07.000000Z") in milliseconds. */
export const moment = (text) => Date.parse(text.replace(/(\.\d{3})\d*/, "$1"));

/** ¥1,180,000, with cents only where there are any. */
export function money(amount, { symbol, places }) {
  const digits = String(amount).padStart(places + 1, "0");
  const whole = digits.slice(0, digits.length - places).replace(/\B(?=(\d{3})+$)/g, ",");
  const cents = places ? digits.slice(-places) : "";
  return symbol + whole + (/[1-9]/.test(cents) ? "." + cents : "");
}

/** 118000000 -> 壹佰壹拾捌万元整 (yuan only). */
export function capital(fen) {
  const digit = "零壹贰叁肆伍陆柒捌玖", place = ["", "拾", "佰", "仟"], group = ["", "万", "亿", "万亿"];
  const yuan = Math.floor(fen / 100), cents = fen % 100;
  let out = "", zero = false;
  for (let g = 3; g >= 0; g--) {
    const figure = Math.floor(yuan / 10 ** (4 * g)) % 10000;
    if (!figure) { zero = zero || !!out; continue; }
    if (out && figure < 1000) zero = true;
    for (let i = 3; i >= 0; i--) {
      const d = Math.floor(figure / 10 ** i) % 10;
      if (!d) { zero = zero || !!out; continue; }
      out += (zero ? "零" : "") + digit[d] + place[i];
      zero = false;
    }
    out += group[g];
    zero = false;
  }
  out = (out || "零") + "元";
  if (!cents) return out + "整";
  const jiao = Math.floor(cents / 10), rest = cents % 10;
  return out + (jiao ? digit[jiao] + "角" : "零") + (rest ? digit[rest] + "分" : "整");
}

/** The order of magnitude: 118 万元, ¥1.18 million; "约" or "about" when two decimals do not tell it all. */
export function magnitude(amount, { symbol, places, zh, han }) {
  const figure = amount / 10 ** places;
  const scales = zh ? [[1e8, "亿"], [1e4, "万"]] : [[1e9, "billion"], [1e6, "million"]];
  const [scale, word] = scales.find(([least]) => figure >= least) ?? [1, ""];
  if (!word && !zh) return money(amount, { symbol, places });
  const shown = Math.round((figure / scale) * 100) / 100, exact = Math.round(shown * scale * 10 ** places) === amount;
  const text = shown.toLocaleString("en-US", { maximumFractionDigits: 2 });
  return zh ? `${exact ? "" : "约 "}${text} ${word}${han}` : `${exact ? "" : "about "}${symbol}${text} ${word}`;
}
