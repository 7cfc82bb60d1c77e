"""Decides again who won a lot of sealed bids, and at which price, by itself: Python 3.9 or later, no site, no package.
    python3 luochui_verify_sealed.py audit.json     (a bare events.json will do, too)
First or second price, envelopes opened by officers, or several licences at one price: each event must be what the rules make of
those before it. luochui_verify.py checks signatures and receipts, luochui_open.py opens the envelopes again. Exit 0, else 1."""
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
TOLD, FORMATS = ("held", "notice", "handover", "annulled"), ("sealed_first", "sealed_second", "envelope", "uniform")
def _sealed(first, *events):
    said, terms, since = first["payload"], first["payload"].get("params", {}), first["payload"]["opens_at"]
    way, digits, offers, handed = said["format"], len(said["start"]["amount"].partition(".")[2]), [], []
    ends, hard, count, bids, phase, result = said["ends_at"], said["hard_ends_at"], 0, 0, "live", None
    def wire(n):
        whole = "%d.%0*d" % (n // 10**digits, digits, n % 10**digits) if digits else str(n)
        return {"amount": whole, "currency": said["currency"]}
    def minor(w):
        n = int(w["amount"].replace(".", "", 1))
        return _need(w == wire(n), "no amount") and n
    def won(floor):  # what the sale says where no bid below `floor` counts; None where none is left
        ranked = sorted((offer for offer in offers if offer[2] >= floor), key=lambda offer: -offer[2])
        if way != "uniform":  # of equal bids the earlier; at the second price the winner pays the next bid
            second = "second" in (way[7:], terms.get("pricing"))
            pays = ([offer[2] for offer in ranked[1:]] or [floor])[0] if second else ranked and ranked[0][2]
            return {"paddle": ranked[0][0], "price": wire(pays)} if ranked else None
        left, price, served = terms["supply"], None, {}
        for paddle, units, each in ranked:  # the dearest first; the last one gets what is left, and all pay what it bid
            if left:
                served[paddle], left, price = served.get(paddle, 0) + min(units, left), left - min(units, left), each
        return {"price": wire(price), "allotments": [{"paddle": p, "units": n} for p, n in served.items()]} if served else None
    def last(kind, pay):  # the last event; a secret reserve is taken to be the least that explains it
        sale = won(max(start, minor(pay["price"]) if said["has_reserve"] and kind == "sold" else 0))
        few = len({offer[0] for offer in offers}) < 2 and not said["one_bidder_suffices"]
        reasons = ["one_bidder"] * few + ["below_reserve"] * said["has_reserve"] if offers else ["no_bids"]
        return (pay == sale and not few) if kind == "sold" else kind == "passed_in" and pay in [{"reason": why} for why in reasons]
    start, envelope = minor(said["start"]), way == "envelope"
    sound = all(minor(money) >= 0 for pair in said["increments"] for money in pair) and (hard is None or _moved(hard, 0) == hard)
    _need(first["kind"] == "opened" and first["at"] >= since and sound, "event 1: no opening")
    due = [["held", {"reason": "opened_too_late"}]] if first["at"] >= ends else []
    for before, event in zip((first, *events), events):
        kind, at, pay, late = event["kind"], event["at"], event["payload"], event["at"] >= ends
        if due:
            ok, due, phase = at == before["at"] and [kind, pay] in due, [], {"passed_in": "over"}.get(kind, kind)
        elif phase == "closed":  # what was handed in, in that order; only what nobody could read before may be no lawful bid
            read = [(one["paddle"], one.get("units", 1), minor(one["amount"]) if one["amount"] else 0) for one in pay["bids"]]
            ok = at == before["at"] and kind == "unsealed" and [bid[0] for bid in read] == [paddle for paddle, _ in handed]
            ok = ok and all(start <= bid[2] or hidden for bid, (_, hidden) in zip(read, handed)) and len(pay) == 1
            ok = ok and all(0 < bid[1] <= terms.get("supply", 1) for bid in read)
            offers, phase = [bid for bid in read if bid[2] >= start], "opened"
        elif phase == "opened":
            ok, phase = at == before["at"] and last(kind, pay), {"passed_in": "over"}.get(kind, kind)
        elif kind == "sealed" and phase == "live" and not envelope:
            ok = not late and (way == "uniform" or pay["paddle"] not in [paddle for paddle, _ in handed])
            ok = ok and set(pay) <= {"paddle", *["commitment"] * (way != "uniform")}
            handed, bids = [*handed, (pay["paddle"], "commitment" in pay)], bids + 1
        elif kind == "envelopes" and phase == "live" and envelope:  # at the deadline: all that came, and how many of them count
            ok, bids = late and not result and pay["live"] <= pay["count"], pay["live"]
            result = "unopened" if bids else ["passed_in", {"reason": "no_bids"}]
        elif kind == "unsealed" and phase == "live" and result == "unopened":  # by officers; what comes of it is said at once
            offers = [(one["paddle"], 1, minor(one["amount"])) for one in pay["bids"] if "amount" in one]
            result = ["sold" if "price" in pay else "passed_in", {n: pay[n] for n in ("paddle", "price", "reason") if n in pay}]
            ok = len(pay["bids"]) == bids and all(offer[2] >= start for offer in offers) and last(*result)
            ok = ok and pay["pricing"] == terms["pricing"] and pay["bids"] == sorted(pay["bids"], key=lambda one: one["index"])
            bids = len(offers)
        elif kind == "closed" and phase == "live" and result != "unopened":
            bidders = bids if envelope else len({paddle for paddle, _ in handed})
            ok = late and pay == {"ends_at": ends, "bids": bids, "bidders": bidders} and (result or not envelope)
            phase, due = kind, [result] if envelope else []
        elif kind in ("resumed", "extended_for_outage", "extended_with_group") and phase == ("live", "held")[kind == "resumed"]:
            by, more, group = _span(ends, pay["ends_at"]), kind != "resumed", "lot" in pay
            later, count = (hard and not group and _moved(hard, by)) or None, count + more
            ok = by >= more and (more or pay["ends_at"] > at) and pay.get("hard_ends_at") == later
            ok = ok and pay.get("count", count) == count and not (group and (late or pay["ends_at"] > (hard or "9999")))
            ends, hard, phase = pay["ends_at"], later or hard, "live"
        else:  # words for the room, a pause, an annulment
            ok = phase in {"held": "live", "annulled": "live fallen held sold"}.get(kind, "live fallen held") and kind in TOLD
            since, phase = at if kind == "held" else since, {"held": "held", "annulled": "over"}.get(kind, phase)
        _need(ok, "event %d: not what the rules make of the events before it" % event["seq"])
    _need(not due and phase not in ("closed", "opened"), "the log ends too early")
papers = [json.load(open(name, encoding="utf-8")) for name in sys.argv[1:]]
bodies = [paper.get("body", paper) for paper in papers]
(log,) = [log for log in (body.get("log", body) for body in bodies) if "events" in log]
for n, event in enumerate(events := log["events"]):
    body, link = {**event, "lot": log["lot"]}, events[n - 1]["hash"] if n else ""
    whole = body.pop("hash") == hashlib.sha256(_canonical(body)).hexdigest() and _moved(event["at"], 0) == event["at"]
    whole = whole and (n + 1 < len(events) or event["hash"] == log["head"])
    _need(whole and (event["seq"], event["prev"]) == (n + 1, link), "event %d: the chain of hashes is broken" % (n + 1))
_need(events[0]["payload"].get("format") in FORMATS, "another program decides this lot again: see luochui_verify.py")
_sealed(*events)
print("verified: %s, %d events, %s, head %s" % (log["lot"], n + 1, event["kind"], log["head"]))
