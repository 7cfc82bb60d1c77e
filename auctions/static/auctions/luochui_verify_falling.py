"""Decides again who won a lot at a falling price, and at which, by itself: Python 3.9 or later, no site, no package.
    python3 luochui_verify_falling.py audit.json     (a bare events.json will do, too)
A falling price that the first one takes, or one with sealed bids of the others and a last offer of the first taker after it: each
event must be what the rules make of those before it. luochui_verify.py checks signatures and receipts. Exit 0, else 1."""
import datetime, hashlib, json, sys  # noqa: E401, I001
READ = datetime.datetime.fromisoformat
def _need(holds, why):
    return holds or sys.exit("refused: " + why)
def _span(start, end):  # whole microseconds
    return (READ(end[:-1]) - READ(start[:-1])) // datetime.timedelta(microseconds=1)
def _moved(moment, by):
    return (READ(moment[:-1]) + datetime.timedelta(microseconds=by)).isoformat(timespec="microseconds") + "Z"
def _canonical(value):  # JSON with one spelling
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
TOLD, FORMATS = ("held", "notice", "handover", "annulled"), ("dutch", "hybrid")
def _falling(first, *events):
    said, terms, since = first["payload"], first["payload"]["params"], first["payload"]["opens_at"]
    digits, price, leader, taker, stage, handed = len(said["start"]["amount"].partition(".")[2]), None, None, None, "", {}
    ends, hard, count, paused, bids, phase = said["ends_at"], said["hard_ends_at"], 0, 0, 0, "live"
    def wire(n):
        whole = "%d.%0*d" % (n // 10**digits, digits, n % 10**digits) if digits else str(n)
        return {"amount": whole, "currency": said["currency"]}
    def minor(w):
        n = int(w["amount"].replace(".", "", 1))
        return _need(w == wire(n), "no amount") and n
    def least():  # one step above the price
        return price + next((step for since, step in reversed(steps) if since <= price), steps[0][1])
    def staged(name):  # the next stage, until when, and the event that says so
        until = _moved(at, terms[name + "_s"] * 10**6)
        return name, until, [["stage", {"stage": name, "ends_at": until}]]
    def closing():
        return {"ends_at": ends, "bids": bids, "bidders": len({taker, *handed}) if taker else bids}
    start, steps = minor(said["start"]), [[*map(minor, pair)] for pair in said["increments"]]
    sound = hard is None or _moved(hard, 0) == hard
    _need(first["kind"] == "opened" and first["at"] >= since and sound, "event 1: no opening")
    due = [["held", {"reason": "opened_too_late"}]] if first["at"] >= ends else []
    for before, event in zip((first, *events), events):
        kind, at, pay, late = event["kind"], event["at"], event["payload"], event["at"] >= ends
        if due:
            ok, due, phase = at == before["at"] and [kind, pay] in due, [], {"stage": "live", "passed_in": "over"}.get(kind, kind)
        elif kind == "bid" and phase == "live" and stage != "sealed":  # the price of that moment, or the last offer
            ticks = max(_span(said["opens_at"], at) - paused, 0) // (terms["every_s"] * 10**6)
            amount, falls = minor(pay["amount"]), max(terms["floor"], start - terms["step"] * ticks)
            ok = not late and (pay["paddle"] == taker and amount >= least() if stage else amount == falls) and len(pay) == 2
            price, leader, bids, phase, ends = amount, pay["paddle"], bids + 1, "fallen", _moved(at, 1)
            if said["format"] == "hybrid" and not stage:
                taker, phase, (stage, ends, due) = leader, "live", staged("sealed")
        elif kind == "sealed" and phase == "live" and stage == "sealed":
            ok = not late and pay["paddle"] not in (taker, *handed)
            handed, bids = {**handed, pay["paddle"]: "commitment" in pay}, bids + 1
        elif kind == "unsealed" and phase == "live" and stage == "sealed" and handed:  # the best leads, the first taker is asked
            read, lawful = [(one["paddle"], minor(one["amount"]) if one["amount"] else 0) for one in pay["bids"]], least()
            ok = late and [paddle for paddle, _ in read] == [*handed] and all(n >= lawful or handed[paddle] for paddle, n in read)
            top, due = max(n for _, n in read), [["closed", closing()]]
            if top >= lawful:  # of equal ones the earlier; without any the first taker has it
                price, leader, (stage, ends, due) = top, next(paddle for paddle, n in read if n == top), staged("best")
        elif kind == "closed" and phase in ("live", "fallen") and not (stage == "sealed" and handed):
            ok, phase = late and pay == closing(), kind
        elif kind in ("resumed", "extended_for_outage", "extended_with_group") and phase == ("live", "held")[kind == "resumed"]:
            by, more, group = _span(ends, pay["ends_at"]), kind != "resumed", "lot" in pay
            later, count = (hard and not group and _moved(hard, by)) or None, count + more
            ok = by >= more and (more or pay["ends_at"] > at) and pay.get("hard_ends_at") == later
            ok = ok and pay.get("count", count) == count and not (group and (late or pay["ends_at"] > (hard or "9999")))
            paused, ends, hard, phase = paused + (0 if more else _span(since, at)), pay["ends_at"], later or hard, "live"
        else:  # words for the room, a pause, an annulment
            ok = phase in {"held": "live", "annulled": "live fallen held sold"}.get(kind, "live fallen held") and kind in TOLD
            since, phase = at if kind == "held" else since, {"held": "held", "annulled": "over"}.get(kind, phase)
        if kind == "closed":  # whether a secret reserve was met only the site knows
            due = [["sold", {"paddle": leader, "price": wire(price)}]] if price else [["passed_in", {"reason": "no_bids"}]]
            due += [["passed_in", {"reason": "below_reserve"}]] if price and said["has_reserve"] else []
        _need(ok, "event %d: not what the rules make of the events before it" % event["seq"])
    _need(not due, "the log ends too early")
papers = [json.load(open(name, encoding="utf-8")) for name in sys.argv[1:]]
bodies = [paper.get("body", paper) for paper in papers]
(log,) = [log for log in (body.get("log", body) for body in bodies) if "events" in log]
for n, event in enumerate(events := log["events"]):
    body, link = {**event, "lot": log["lot"]}, events[n - 1]["hash"] if n else ""
    whole = body.pop("hash") == hashlib.sha256(_canonical(body)).hexdigest() and _moved(event["at"], 0) == event["at"]
    whole = whole and (n + 1 < len(events) or event["hash"] == log["head"])
    _need(whole and (event["seq"], event["prev"]) == (n + 1, link), "event %d: the chain of hashes is broken" % (n + 1))
_need(events[0]["payload"].get("format") in FORMATS, "another program decides this lot again: see luochui_verify.py")
_falling(*events)
print("verified: %s, %d events, %s, head %s" % (log["lot"], n + 1, event["kind"], log["head"]))
