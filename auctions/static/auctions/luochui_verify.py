"""Checks what a Luochui site published about a lot, by itself: Python 3.9 or later, no site, no package.

    python3 luochui_verify.py audit.json [receipt.json ...] [keys.json]     (a bare events.json will do, too)

Each event must be what the rules make of those before it; hashes, signatures and receipts must hold. Exit 0, else 1."""
import datetime, hashlib, json, sys  # noqa: E401, I001
sys.tracebacklimit = 0
P, L, READ = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493, datetime.datetime.fromisoformat
def _need(holds, why):
    if not holds:
        raise ValueError(why)
def _canonical(value):  # JSON with one spelling
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
def _moved(moment, by):
    return (READ(moment[:-1]) + datetime.timedelta(seconds=by)).isoformat(timespec="microseconds") + "Z"
def _add(a, b):  # two points of Ed25519 (RFC 8032, 5.1)
    d = -121665 * pow(121666, -1, P) * a[0] * b[0] * a[1] * b[1]
    return (a[0] * b[1] + a[1] * b[0]) * pow(1 + d, -1, P) % P, (a[1] * b[1] + a[0] * b[0]) * pow(1 - d, -1, P) % P
def _times(n, point):
    return _add(point if n & 1 else (0, 1), _times(n // 2, _add(point, point))) if n else (0, 1)
def _point(packed):  # RFC 8032, 5.1.3
    y, odd = int.from_bytes(packed, "little") & (1 << 255) - 1, packed[31] >> 7
    square = (y * y - 1) * pow(1 - 121665 * pow(121666, -1, P) * y * y, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if x * x % P == square else x * pow(2, (P - 1) // 4, P) % P
    _need(y < P and x * x % P == square and (x or not odd), "not a point of the curve")
    return (x if x & 1 == odd else P - x), y
def _signature(paper, keys):  # RFC 8032, 5.1.7
    public, made = bytes.fromhex(paper["public"]), bytes.fromhex(paper["signature"])
    form = ["luochui.signed/1", hashlib.sha256(public).hexdigest()[:16], public.hex(), made.hex()]
    _need(form == [paper[name] for name in ("format", "key", "public", "signature")], "not signed by the key it names")
    _need(not keys or public.hex() in keys, "signed by a key that the site does not publish")
    s, k = int.from_bytes(made[32:], "little"), hashlib.sha512(made[:32] + public + _canonical(paper["body"])).digest()
    right = _add(_point(made[:32]), _times(int.from_bytes(k, "little") % L, _point(public)))
    _need(s < L and len(made) == 64 and _times(s, _point(b"\x58" + b"\x66" * 31)) == right, "the signature does not hold")
    return paper["key"]

def _english(first, *events):  # an ascending lot decided again: amounts, maxima, extensions, pauses, end, result
    def minor(w):
        digits, (size, right) = w["amount"].replace(".", "", 1), [len(m["amount"].partition(".")[2]) for m in (w, said["start"])]
        _need((w["currency"], size, "%0*d" % (size + 1, int(digits))) == (said["currency"], right, digits), "no amount")
        return int(digits)
    said, price, leader, top, met, beaten, bids, count, paddles = first["payload"], None, None, None, False, False, 0, 0, set()
    floor, steps = minor(said["start"]), [(minor(since), minor(step)) for since, step in said["increments"]]
    ends, hard, due, phase = said["ends_at"], said["hard_ends_at"], [], "live" if first["at"] < said["ends_at"] else "late"
    _need(first["kind"] == "opened" and first["at"] >= said["opens_at"], "event 1: the lot was not open yet")
    for before, event, after in zip((first, *events), events, (*events[1:], {"payload": {}, "kind": ""})):
        kind, at, pay, late, ok = event["kind"], event["at"], event["payload"], event["at"] >= ends, False
        if kind == "reserve_met" and (before["kind"], before["at"], pay) == ("bid", at, {}):
            ok, met = said["has_reserve"] and said["show_reserve_met"] and not met, True
        elif due:
            ok, due, phase = [kind, pay, at] in due, [], {"extended": "live", "passed_in": "over"}.get(kind, kind)
        elif kind == "bid" and phase == "live":  # a row marked auto is the leader's maximum, against the bid beside it
            now, amount, who, auto = floor if price is None else price, minor(pay["amount"]), pay["paddle"], "auto" in pay
            mine, step = who == leader, next((step for since, step in reversed(steps) if since <= now), steps[0][1])
            answers, over, follows = beaten and auto, amount - now - (0 if price is None else step), "auto" in after["payload"]
            beaten = not auto and not mine and follows and after["payload"]["paddle"] == leader
            free = "proxy" in pay or "priority" in pay or ("auto" in before["payload"] and amount <= now + step)
            alone = said["has_reserve"] and after["kind"] == "closed" if late else after["kind"] == "bid" and not follows
            lawful = not late and (over >= 0 == over % step or free) and (not mine or said["leader_may_raise"] or "proxy" in pay)
            ok = amount >= now and (mine and (amount <= now + step if answers else alone) if auto else lawful)
            end = min(_moved(at, said["extension_window_s"]), hard or "9999") if answers or not (auto or beaten or mine) else ends
            due = [["extended", {"ends_at": end, "count": count + 1}, at]] if end > ends else []
            ends, count = max(end, ends), count + len(due)
            price, top, bids, paddles, leader = amount, pay["amount"], bids + 1, {*paddles, who}, leader if beaten else who
        elif kind in ("resumed", "extended_for_outage") and phase == ("held" if kind == "resumed" else "live"):
            span, count = (READ(pay["ends_at"][:-1]) - READ(ends[:-1])).total_seconds(), count + (kind != "resumed")
            ok = span >= 0 and pay["ends_at"] > (at if kind == "resumed" else ends) and pay.get("count", count) == count
            ok = ok and pay.get("hard_ends_at") == (hard and _moved(hard, span))
            ends, hard, phase = pay["ends_at"], hard and _moved(hard, span), "live"
        elif kind == "closed" and phase == "live":
            ok, phase = late and pay == {"ends_at": ends, "bids": bids, "bidders": len(paddles)}, "closed"
            unmet, few = said["has_reserve"] and not met, len(paddles) < 2 and not said["one_bidder_suffices"]
            good = ["passed_in", {"reason": "one_bidder"}, at] if few else ["sold", {"paddle": leader, "price": top}, at]
            due = [["passed_in", {"reason": "below_reserve" if bids else "no_bids"}, at]] if unmet or not bids else []
            due += [good] if bids and not (unmet and said["show_reserve_met"]) else []
        else:
            ok = phase in {"held": "live late", "notice": "live held", "handover": "live held", "annulled": "live held sold"}[kind]
            phase = {"held": "held", "annulled": "over"}.get(kind, phase)
        _need(ok, "event %d: not what the rules make of the events before it" % event["seq"])
    _need(not due, "the log ends before what the rules ask for: %s" % due)

papers = [json.load(open(name, encoding="utf-8")) for name in sys.argv[1:]]
signers = {_signature(p, {key["public"] for q in papers for key in q.get("keys", ())}) for p in papers if "body" in p} or {"nobody"}
bodies = [paper.get("body", paper) for paper in papers]
(log,) = [log for log in (body.get("log", body) for body in bodies) if "events" in log]
for n, event in enumerate(events := log["events"]):
    body, link = {**event, "lot": log["lot"]}, events[n - 1]["hash"] if n else ""
    whole = body.pop("hash") == hashlib.sha256(_canonical(body)).hexdigest() and _moved(event["at"], 0) == event["at"]
    whole = whole and (n + 1 < len(events) or event["hash"] == log["head"])
    _need(whole and (event["seq"], event["prev"]) == (n + 1, link), "event %d: the chain of hashes is broken" % (n + 1))
plain = set(events[0]["payload"]).isdisjoint({"format", "reason"})  # bid upwards, and not withdrawn before it opened
_english(*events) if plain else print("Chain, signatures and receipts hold; how one bids for this lot is not decided again here.")
for one in (body for body in bodies if body["format"] == "luochui.receipt/1"):
    bid, head = events[one["seq"] - 1], events[one["head"]["seq"] - 1]["hash"]
    shown = one["amount"] if "proxy" in bid["payload"] else bid["payload"].get("amount", one["amount"])  # a maximum is not shown
    there = (one["lot"], one["hash"], one["at"], one["amount"], one["head"]["hash"])
    _need(there == (log["lot"], bid["hash"], bid["at"], shown, head), "a receipt is not in the log")
print("verified: %s, %d events, %s, head %s;" % (log["lot"], n + 1, event["kind"], log["head"]), "signed by", *signers)
