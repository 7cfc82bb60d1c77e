"""Checks what a Luochui site published about a lot, by itself: Python 3.9 or later, no site, no package.
    python3 luochui_verify.py audit.json [receipt.json ...] [keys.json]     (a bare events.json will do, too)
Each event must be what the rules make of those before it; hashes, signatures and receipts must hold. Exit 0, else 1."""
import datetime, hashlib, json, sys  # noqa: E401, I001
P, L, READ = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493, datetime.datetime.fromisoformat
UPWARDS, TOLD = ("english", "free_then_timed", "auctioneer"), ("held", "notice", "handover", "annulled")
def _need(holds, why): return holds or sys.exit("refused: " + why)
_spelt = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode  # one spelling
def _moved(moment, by): return (READ(moment[:-1]) + datetime.timedelta(seconds=by)).isoformat(timespec="microseconds") + "Z"
def _add(a, b):  # two points of Ed25519 (RFC 8032, 5.1)
    d = -121665 * pow(121666, -1, P) * a[0] * b[0] * a[1] * b[1]
    return (a[0] * b[1] + a[1] * b[0]) * pow(1 + d, -1, P) % P, (a[1] * b[1] + a[0] * b[0]) * pow(1 - d, -1, P) % P
def _times(n, point):
    return _add(point if n & 1 else (0, 1), _times(n // 2, _add(point, point))) if n else (0, 1)
def _point(packed):  # RFC 8032, 5.1.3
    y, odd = int.from_bytes(packed, "little") & (1 << 255) - 1, packed[31] >> 7
    square = (y * y - 1) * pow(1 - 121665 * pow(121666, -1, P) * y * y, -1, P) % P
    x = pow(square, (P + 3) // 8, P) * (1 if pow(square, (P + 3) // 4, P) == square else pow(2, (P - 1) // 4, P)) % P
    _need(y < P and x * x % P == square and (x or not odd), "not a point of the curve")
    return (x if x & 1 == odd else P - x), y
def _signature(paper, keys):  # RFC 8032, 5.1.7
    public, made = bytes.fromhex(paper["public"]), bytes.fromhex(paper["signature"])
    form = ["luochui.signed/1", hashlib.sha256(public).hexdigest()[:16], public.hex(), made.hex()]
    _need(form == [paper[name] for name in ("format", "key", "public", "signature")], "not signed by the key it names")
    _need(not keys or public.hex() in keys, "signed by a key that the site does not publish")
    s, k = int.from_bytes(made[32:], "little"), hashlib.sha512(made[:32] + public + _spelt(paper["body"]).encode()).digest()
    right = _add(_point(made[:32]), _times(int.from_bytes(k, "little") % L, _point(public)))
    _need(s < L and len(made) == 64 and _times(s, _point(b"\x58" + b"\x66" * 31)) == right, "the signature does not hold")
    return paper["key"]
def _upwards(way, first, *events):  # bids upwards decided again: steps, maxima, priority, extensions, rounds, pauses, hammer
    def minor(w):
        n, (size, right) = w["amount"].replace(".", "", 1), [len(m["amount"].partition(".")[2]) for m in (w, said["start"])]
        return _need((w["currency"], size, n) == (said["currency"], right, "%0*d" % (size + 1, int(n))), "no amount") and int(n)
    said, ranks, bids, count, warned, price, leader, top, met, beaten, lone, asked = first["payload"], {}, 0, 0, 0, *[None] * 7
    floor, steps, rounds = minor(said["start"]), [[*map(minor, pair)] for pair in said["increments"]], said.get("params", {})
    ends, hard, due, phase = said["ends_at"], said["hard_ends_at"], [], "live" if first["at"] < said["ends_at"] else "late"
    free, cycle, since = rounds.get("free_until", ""), rounds.get("cycle_s", said["extension_window_s"]), said["opens_at"]
    names = {"paddle", "amount", "proxy", "auto", *["priority"] * ("priority_match" in said), *["floor"] * (way == "auctioneer")}
    _need(first["kind"] == "opened" and first["at"] >= since and said.get("priority_match", True), "event 1: no opening")
    for before, event, after in zip((first, *events), events, (*events[1:], {"payload": {}, "kind": "", "at": ""})):
        kind, at, pay, then, late = event["kind"], event["at"], event["payload"], after["payload"], event["at"] >= ends
        if kind == "reserve_met" and (before["kind"], before["at"], pay) == ("bid", at, {}):
            ok, met = said["has_reserve"] and said["show_reserve_met"] and not met, True
        elif due:
            ok, due, phase = [kind, pay, at] in due, [], {"extended": "live", "passed_in": "over"}.get(kind, kind)
        elif kind == "bid" and (phase == "live" or ("auto" in pay and late)) and False not in pay.values():
            now, amount, who, auto = floor if price is None else price, minor(pay["amount"]), pay["paddle"], "auto" in pay
            mine, step = who == leader, next((step for start, step in reversed(steps) if start <= now), steps[0][1])
            match = not mine and (asked or "priority_window_s" not in said) and pay.get("priority", 1e9) < ranks.get(leader, 0)
            over, told = amount - now - (0 if match or price is None else step), after["kind"] == "reserve_met"
            answers, beaten = beaten, not (auto or mine) and "auto" in then and (then["paddle"], after["at"]) == (leader, at)
            seen = told or (not mine and (not over or (beaten and over > 0) or (lone and amount > now)))  # what a maximum shows
            fair = seen if "proxy" in pay else over >= 0 == over % step and (said["leader_may_raise"] or not mine)
            fair = fair and not late and (not asked or (match and not over)) and {*pay} <= names
            solo = (said["has_reserve"] and after["kind"] in ("closed", "stage") if late else "proxy" in then) and after["at"] == at
            ok = amount >= now and (mine and not asked and (amount <= now + step if answers else solo) if auto else fair)
            moves, end = at >= free and (answers or not (auto or beaten or mine or asked)), min(_moved(at, cycle), hard or "9999")
            due = [["extended", {"ends_at": end, "count": count + 1}, at]] if moves and end > ends else []
            ends, count, lone, bids, warned = end if due else ends, count + len(due), auto and not answers, bids + 1, 0
            price, top, leader, ranks = amount, pay["amount"], leader if beaten else who, {who: pay.get("priority", 1e9), **ranks}
        elif kind in ("warning", "hammer", "stopped") and way == "auctioneer" and phase == "live" and not late:
            may = {"warning": warned < 2, "hammer": warned == 2 and bids, "stopped": said["has_reserve"] or not bids}[kind]
            ok = may and pay == {"warning": {"count": warned + 1}, "hammer": {"paddle": leader, "price": top}, "stopped": {}}[kind]
            warned, phase, ends = (warned + 1, phase, ends) if kind == "warning" else (warned, "fallen", _moved(at, 1e-6))
        elif kind in ("resumed", "extended_for_outage", "extended_with_group") and phase == ("live", "held")[kind == "resumed"]:
            by, held = [(READ(b[:-1]) - READ(a[:-1])).total_seconds() for a, b in ((ends, pay["ends_at"]), (since, at))]
            later, count = (hard and "lot" not in pay and _moved(hard, by)) or None, count + (kind != "resumed")
            ok = by >= 0 and pay["ends_at"] > (at if kind == "resumed" else ends) and pay.get("count", count) == count
            ok = ok and pay.get("hard_ends_at") == later and ("lot" not in pay or (not late and pay["ends_at"] <= (hard or "9999")))
            ends, hard, phase, free = pay["ends_at"], later or hard, "live", free and _moved(free, held * (phase == "held"))
        elif kind in ("closed", "stage") and phase == ("fallen" if way == "auctioneer" else "live"):
            enough, unmet = len(ranks) > 1 or said["one_bidder_suffices"], said["has_reserve"] and not met
            good = ["sold", {"paddle": leader, "price": top}, at] if enough else ["passed_in", {"reason": "one_bidder"}, at]
            due = [["passed_in", {"reason": "below_reserve" if bids else "no_bids"}, at]] if unmet or not bids else []
            due += [good] if bids and not (unmet and said["show_reserve_met"]) else []
            ok, phase = late and pay == {"ends_at": ends, "bids": bids, "bidders": len(ranks)}, "closed"
            if kind == "stage":
                ok = enough and not asked and pay == {"stage": "priority", "ends_at": _moved(at, said["priority_window_s"])}
                ok, ends, asked, met, due, phase = ok and late and good in due, pay["ends_at"], True, True, [], "live"
        else:
            ok = phase in {"held": "live late", "annulled": "live held fallen sold"}.get(kind, "live held fallen") and kind in TOLD
            since, phase = at if phase == "live" else since, {"held": "held", "annulled": "over"}.get(kind, phase)
        _need(ok and (after["kind"] or not due), "event %d: not what the rules make of the events before it" % event["seq"])
papers = [json.load(open(name, encoding="utf-8")) for name in sys.argv[1:]]
signers = {_signature(p, {key["public"] for q in papers for key in q.get("keys", ())}) for p in papers if "body" in p} or {"nobody"}
bodies = [paper.get("body", paper) for paper in papers]
(log,) = [log for log in (body.get("log", body) for body in bodies) if "events" in log]
for n, (event, link) in enumerate(zip(events := log["events"], ["", *[one["hash"] for one in log["events"]]]), 1):
    body = {"lot": log["lot"], **{name: part for name, part in event.items() if name != "hash"}}
    whole = hashlib.sha256(_spelt(body).encode()).hexdigest() == event["hash"] and _moved(event["at"], 0) == event["at"]
    whole = whole and (event["seq"], event["prev"], events[-1]["hash"]) == (n, link, log["head"])
    _need(whole, "event %d: the chain of hashes is broken" % n)
way = events[0]["payload"].get("format", "english") if events[0]["kind"] == "opened" else events[0]["kind"]
_upwards(way, *events) if way in UPWARDS else print("Chain, signatures, receipts hold; for the rest see /verify/.")
for one in (body for body in bodies if body["format"] == "luochui.receipt/1"):
    bid, head, mine = events[one["seq"] - 1], events[one["head"]["seq"] - 1]["hash"], one["amount"]
    there = (one["lot"], one["hash"], one["at"], one["head"]["hash"]) == (log["lot"], bid["hash"], bid["at"], head)
    _need(there and ("proxy" in bid["payload"] or bid["payload"].get("amount", mine) == mine), "a receipt is not in the log")
print("verified: %s, %d events, %s, head %s;" % (log["lot"], n, event["kind"], log["head"]), "signed by", *signers)
