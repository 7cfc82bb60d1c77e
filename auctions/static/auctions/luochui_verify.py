"""Checks what a Luochui site published about a lot, by itself: Python 3.9 or later, no site, no package.

    python3 luochui_verify.py audit.json [receipt.json ...] [keys.json]     (a bare events.json will do, too)

Each event must be what the rules make of those before it; hashes, signatures and receipts must hold. Exit 0, else 1."""
import datetime, hashlib, json, sys  # noqa: E401, I001
sys.tracebacklimit = 0

P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D, SHAPE = -121665 * pow(121666, -1, P) % P, "%Y-%m-%dT%H:%M:%S.%fZ"

def _need(holds, why):
    if not holds:
        raise ValueError(why)

def _canonical(value):  # JSON with one spelling
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()

def _add(a, b):  # two points of Ed25519 as X, Y, Z, T (RFC 8032, 5.1.4)
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    return (f - e) * (h - g) % P, (h + g) * (f + e) % P, (h - g) * (h + g) % P, (f - e) * (f + e) % P

def _times(n, point):
    return _add(point if n & 1 else (0, 1, 1, 0), _times(n // 2, _add(point, point))) if n else (0, 1, 1, 0)

def _point(packed):  # RFC 8032, 5.1.3
    y, odd = int.from_bytes(packed, "little") & (1 << 255) - 1, packed[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if x * x % P == square else x * pow(2, (P - 1) // 4, P) % P
    _need(y < P and x * x % P == square and (x or not odd), "not a point of the curve")
    return (x, y, 1, x * y % P) if x & 1 == odd else (P - x, y, 1, (P - x) * y % P)

def _signature(paper, keys):  # RFC 8032, 5.1.7
    public, made, what = bytes.fromhex(paper["public"]), bytes.fromhex(paper["signature"]), paper["body"]["format"]
    named = (hashlib.sha256(public).hexdigest()[:16], (public + made).hex()) == (paper["key"], paper["public"] + paper["signature"])
    _need(named and paper["format"] == "luochui.signed/1", what + ": not a paper signed by the key it names")
    _need(not keys or public.hex() in keys, what + ": signed by a key that the site does not publish")
    s, k = int.from_bytes(made[32:], "little"), hashlib.sha512(made[:32] + public + _canonical(paper["body"])).digest()
    base, k = _point((4 * pow(5, -1, P) % P).to_bytes(32, "little")), int.from_bytes(k, "little") % L
    one, two = _times(s, base), _add(_point(made[:32]), _times(k, _point(public)))
    same = all((one[i] * two[2] - two[i] * one[2]) % P == 0 for i in (0, 1))
    _need(s < L and len(made) == 64 and same, what + ": the signature does not hold")
    return paper["key"]

def _ascending(first, *events):  # an ascending lot decided again: amounts, extensions, end, result
    def minor(wire):
        whole, _, cents = wire["amount"].partition(".")
        _need(wire["currency"] == said["currency"] and len(cents) == len(start.partition(".")[2]), "another currency")
        _need(str(int(whole + cents)).zfill(len(cents) + 1) == whole + cents, "no amount: %s" % wire)
        return int(whole + cents)
    said, price, leader, top, met, bids, count, paddles = first["payload"], None, None, None, False, 0, 0, set()
    start, ends, hard = said["start"]["amount"], said["ends_at"], said["hard_ends_at"] or "9999"
    floor, steps = minor(said["start"]), [(minor(since), minor(step)) for since, step in said["increments"]]
    due = [["held", {"reason": "opened_too_late"}, first["at"]]] if first["at"] >= ends else []
    _need(first["kind"] == "opened" and first["at"] >= said["opens_at"], "event 1: the lot was not open yet")
    for before, event in zip((first, *events), events):
        kind, at, pay, ok = event["kind"], event["at"], event["payload"], False
        if kind == "reserve_met" and (before["kind"], before["at"], pay) == ("bid", at, {}):
            ok, met = said["has_reserve"] and said["show_reserve_met"] and not met, True
        elif due:
            ok, due = [kind, pay, at] in due, []
        elif kind == "bid":
            now, amount = floor if price is None else price, minor(pay["amount"])
            step = next((step for since, step in reversed(steps) if since <= now), steps[0][1])
            over = amount - now - (0 if price is None else step)
            ok = at < ends and over >= 0 == over % step and (pay["paddle"] != leader or said["leader_may_raise"])
            moved = datetime.datetime.strptime(at, SHAPE) + datetime.timedelta(seconds=said["extension_window_s"])
            if pay["paddle"] != leader and (moved := min(moved.strftime(SHAPE), hard)) > ends:
                ends, count, due = moved, count + 1, [["extended", {"ends_at": moved, "count": count + 1}, at]]
            price, leader, top, bids, paddles = amount, pay["paddle"], pay["amount"], bids + 1, paddles | {pay["paddle"]}
        elif kind == "closed":
            ok = at >= ends and pay == {"ends_at": ends, "bids": bids, "bidders": len(paddles)}
            unmet, few = said["has_reserve"] and not met, len(paddles) < 2 and not said["one_bidder_suffices"]
            good = ["passed_in", {"reason": "one_bidder"}, at] if few else ["sold", {"paddle": leader, "price": top}, at]
            due = [["passed_in", {"reason": "below_reserve" if bids else "no_bids"}, at]] if unmet or not bids else []
            due += [good] if bids and not (unmet and said["show_reserve_met"]) else []
        _need(ok, "event %d: not what the rules make of the events before it" % event["seq"])
    _need(not due, "the log ends before what the rules ask for: %s" % due)

papers = [json.load(open(name, encoding="utf-8")) for name in sys.argv[1:]]
keys = {key["public"] for paper in papers for key in paper.get("keys", ())}
signers = {_signature(paper, keys) for paper in papers if "body" in paper} or {"nobody"}
bodies = [paper.get("body", paper) for paper in papers]
(log,) = [log for log in (body.get("log", body) for body in bodies) if "events" in log]
events = log["events"]
for n, event in enumerate(events):
    link, body = events[n - 1]["hash"] if n else "", {**event, "lot": log["lot"]}
    whole = body.pop("hash") == hashlib.sha256(_canonical(body)).hexdigest() and (event["seq"], event["prev"]) == (n + 1, link)
    whole = whole and datetime.datetime.strptime(event["at"], SHAPE).strftime(SHAPE) == event["at"]
    _need(whole, "event %d: the chain of hashes is broken" % (n + 1))
_need(events[-1]["hash"] == log["head"], "the log ends before its head")
_ascending(*events)
for receipt in (body for body in bodies if body["format"] == "luochui.receipt/1"):
    bid, head = events[receipt["seq"] - 1], events[receipt["head"]["seq"] - 1]
    same = (bid["hash"], bid["at"], bid["payload"]["amount"]) == (receipt["hash"], receipt["at"], receipt["amount"])
    _need(same and receipt["lot"] == log["lot"] and head["hash"] == receipt["head"]["hash"], "the receipt is not in the log")
print("verified: %s, %d events, %s, head %s;" % (log["lot"], n + 1, event["kind"], log["head"]), "signed by", *signers)
