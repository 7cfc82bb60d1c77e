"""Checks what a Luochui site published about a lot, by itself: Python 3.9 or later, no site, no package.
    python3 luochui_verify.py audit.json [receipt.json ...] [keys.json]     (a bare events.json will do, too)
Each event must be what the rules make of those before it; hashes, signatures and receipts must hold. Exit 0, else 1."""
import datetime, hashlib, json, sys  # noqa: E401, I001
P, L, READ = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493, datetime.datetime.fromisoformat
def _need(holds, why):
    return holds or sys.exit("refused: " + why)
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
def _upwards(first, *events):  # bids upwards decided again: steps, maxima, priority, extensions, rounds, pauses, end, result
    def minor(w):
        n, (size, right) = w["amount"].replace(".", "", 1), [len(m["amount"].partition(".")[2]) for m in (w, said["start"])]
        return _need((w["currency"], size, n) == (said["currency"], right, "%0*d" % (size + 1, int(n))), "no amount") and int(n)
    said, ranks, bids, count, price, leader, top, met, beaten, lone, asked = first["payload"], {}, 0, 0, *[None] * 7
    floor, steps, rounds = minor(said["start"]), [[*map(minor, pair)] for pair in said["increments"]], said.get("params", {})
    ends, hard, due, phase = said["ends_at"], said["hard_ends_at"], [], "live" if first["at"] < said["ends_at"] else "late"
    free, cycle, since = rounds.get("free_until", ""), rounds.get("cycle_s", said["extension_window_s"]), said["opens_at"]
    _need(first["kind"] == "opened" and first["at"] >= since and said.get("priority_match", True), "event 1: no opening")
    for before, event, after in zip((first, *events), events, (*events[1:], {"payload": {}, "kind": "", "at": ""})):
        kind, at, pay, then, late = event["kind"], event["at"], event["payload"], after["payload"], event["at"] >= ends
        if kind == "reserve_met" and (before["kind"], before["at"], pay) == ("bid", at, {}):
            ok, met = said["has_reserve"] and said["show_reserve_met"] and not met, True
        elif due:
            ok, due, phase = [kind, pay, at] in due, [], {"extended": "live", "passed_in": "over"}.get(kind, kind)
        elif kind == "bid" and phase == "live" and False not in pay.values():  # auto: a row of the leader's maximum, beside a bid
            now, amount, who, auto = floor if price is None else price, minor(pay["amount"]), pay["paddle"], "auto" in pay
            mine, step = who == leader, next((step for start, step in reversed(steps) if start <= now), steps[0][1])
            match = not mine and (asked or "priority_window_s" not in said) and pay.get("priority", 1e9) < ranks.get(leader, 0)
            over, told = amount - now - (0 if match or price is None else step), after["kind"] == "reserve_met"
            answers, beaten = beaten, not (auto or mine) and "auto" in then and (then["paddle"], after["at"]) == (leader, at)
            seen = told or (not mine and (not over or (beaten and over > 0) or (lone and amount > now)))  # what a maximum shows
            fair = seen if "proxy" in pay else over >= 0 == over % step and (said["leader_may_raise"] or not mine)
            fair = fair and not late and (not asked or (match and not over)) and ("priority" not in pay or "priority_match" in said)
            solo = (said["has_reserve"] and after["kind"] in ("closed", "stage") if late else "proxy" in then) and after["at"] == at
            ok = amount >= now and (mine and not asked and (amount <= now + step if answers else solo) if auto else fair)
            moves, end = at >= free and (answers or not (auto or beaten or mine or asked)), min(_moved(at, cycle), hard or "9999")
            due = [["extended", {"ends_at": end, "count": count + 1}, at]] if moves and end > ends else []
            ends, count, lone, bids = end if due else ends, count + len(due), auto and not answers, bids + 1
            price, top, leader, ranks = amount, pay["amount"], leader if beaten else who, {who: pay.get("priority", 1e9), **ranks}
        elif kind in ("resumed", "extended_for_outage", "extended_with_group") and phase == ("live", "held")[kind == "resumed"]:
            by, held = [(READ(b[:-1]) - READ(a[:-1])).total_seconds() for a, b in ((ends, pay["ends_at"]), (since, at))]
            later, count = (hard and "lot" not in pay and _moved(hard, by)) or None, count + (kind != "resumed")
            ok = by >= 0 and pay["ends_at"] > (at if kind == "resumed" else ends) and pay.get("count", count) == count
            ok = ok and pay.get("hard_ends_at") == later and ("lot" not in pay or (not late and pay["ends_at"] <= (hard or "9999")))
            ends, hard, phase, free = pay["ends_at"], later or hard, "live", free and _moved(free, held * (phase == "held"))
        elif kind in ("closed", "stage") and phase == "live":  # in the stage the price stands, and who ranks higher may match it
            enough, unmet = len(ranks) > 1 or said["one_bidder_suffices"], said["has_reserve"] and not met
            good = ["sold", {"paddle": leader, "price": top}, at] if enough else ["passed_in", {"reason": "one_bidder"}, at]
            due = [["passed_in", {"reason": "below_reserve" if bids else "no_bids"}, at]] if unmet or not bids else []
            due += [good] if bids and not (unmet and said["show_reserve_met"]) else []
            ok, phase = late and pay == {"ends_at": ends, "bids": bids, "bidders": len(ranks)}, "closed"
            if kind == "stage":
                ok = enough and not asked and pay == {"stage": "priority", "ends_at": _moved(at, said["priority_window_s"])}
                ok, ends, asked, met, due, phase = ok and late and good in due, pay["ends_at"], True, True, [], "live"
        else:
            ok = phase in {"held": "live late", "notice": "live held", "handover": "live held", "annulled": "live held sold"}[kind]
            since, phase = at if phase == "live" else since, {"held": "held", "annulled": "over"}.get(kind, phase)
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
upwards = events[0]["payload"].get("format", "free_then_timed") == "free_then_timed" and events[0]["kind"] != "withdrawn"
_upwards(*events) if upwards else print("Chain, signatures and receipts hold; how one bids for this lot is not decided again here.")
for one in (body for body in bodies if body["format"] == "luochui.receipt/1"):
    bid, head = events[one["seq"] - 1], events[one["head"]["seq"] - 1]["hash"]
    there = (one["lot"], one["hash"], one["at"], one["head"]["hash"]) == (log["lot"], bid["hash"], bid["at"], head)
    shown = "proxy" in bid["payload"] or bid["payload"].get("amount") in (None, one["amount"])  # a maximum is not shown
    _need(there and shown, "a receipt is not in the log")
print("verified: %s, %d events, %s, head %s;" % (log["lot"], n + 1, event["kind"], log["head"]), "signed by", *signers)
