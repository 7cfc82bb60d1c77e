"""Decides again who won a lot that was bid for in packages, and at which price, by itself: Python 3.9 or later, no package.
    python3 luochui_verify_packages.py audit.json
The audit file holds the allocation of the whole sale; a small one is solved again, of a large one it is checked that its bids fit
together and add up. luochui_verify.py checks the signature. Whose paddle is whose only the site knows. Exit 0, else 1."""
import hashlib, json, sys  # noqa: E401, I001
NODES, PLACES, TOLD = 200_000, set(), "opened resumed extended_for_outage extended_with_group held notice handover annulled".split()
def _need(holds, why): return holds or sys.exit("refused: " + why)
def _hash(value):  # of JSON with one spelling
    form = {"sort_keys": True, "separators": (",", ":"), "ensure_ascii": False, "allow_nan": False}
    return hashlib.sha256(json.dumps(value, **form).encode()).hexdigest()
def _minor(figure):
    return PLACES.add(len(figure.partition(".")[2])) or int(figure.replace(".", ""))  # all amounts have as many places
def _solve(bids):  # the most that (order, bidder, lots, worth) add up to, one a bidder and each lot once, and the earliest that do
    best, nodes, rest, tops = (0, []), 0, [0], {}
    for _, bidder, _, worth in reversed(bids):  # what the bidders still to come may add
        tops[bidder] = max(worth, tops.get(bidder, 0))
        rest.insert(0, sum(tops.values()))
    def go(at, used, total, taken):
        nonlocal best, nodes
        nodes, best = nodes + 1, (total, taken) if total > best[0] else best
        for n, (order, bidder, lots, worth) in enumerate(bids[at:], at):
            if nodes > NODES or total + rest[n] <= best[0]:
                return
            if worth > 0 and used.isdisjoint({bidder, *lots}):
                go(n + 1, used | {bidder, *lots}, total + worth, [*taken, order])
    go(0, frozenset(), 0, [])
    if nodes > NODES:
        raise OverflowError
    return best
def _priced(rule, bids, won, paid, floors, least):  # what each winner pays: its bid, VCG, or core prices
    n, bid = len(won), {name: one[3] for name, one in won.items()}
    alone = {name: _solve([one for one in bids if one[1] != name])[0] - sum(bid.values()) + bid[name] for name in won}
    def objects(prices):  # whether the seller and some bidders would rather deal among themselves
        return _solve([(*one[:3], one[3] - bid.get(one[1], 0) + prices.get(one[1], 0)) for one in bids])[0] > sum(prices.values())
    vcg = all(paid[name] == alone[name] or (name in floors and paid[name] > alone[name]) for name in won)
    over = {name: paid[name] - (alone if rule == "core_nearest_vcg" else bid)[name] for name in won}
    free = [name for name in won if name not in floors and paid[name] - n >= least[won[name][0]]]
    # the core: to `n` units, nobody's price could be lower, nor be shifted to another's and come nearer to the reference
    tries = [{**paid, one: paid[one] - n} for one in free]
    tries += [{**paid, one: paid[one] - n, two: paid[two] + n} for one in free for two in won
              if over[one] - over[two] > n and paid[two] + n <= bid[two]]
    return paid == bid if rule == "pay_as_bid" else vcg if rule == "vcg" else not objects(paid) and all(map(objects, tries))
def _allocated(file, lots, code):  # the whole sale's winning bids by bidder, what each pays, and whose bids have the lot in them
    _need(_hash({name: part for name, part in file.items() if name != "sha256"}) == file["sha256"], "the allocation is not whole")
    named, said, prices, bids, least, sure = {one["lot"]: one for one in lots}, file["allocation"], file["prices"], [], {}, {}
    for one in sorted(file["bids"], key=lambda one: one["order"]):
        value, floor = _minor(one["value"]), sum(_minor(named[lot]["start"]["amount"]) for lot in one["bundle"])
        least[one["order"]], sure[one["order"]] = floor, not any(named[lot]["has_reserve"] for lot in one["bundle"])
        _need(value >= floor if one["competes"] else value < floor or not sure[one["order"]], "who counts: bid %d" % one["order"])
        bids += [(one["order"], one["bidder"], tuple(one["bundle"]), value)] if one["competes"] else []
    won = {bid[1]: bid for bid in bids if bid[0] in said["winners"]}
    taken, total = [lot for bid in won.values() for lot in bid[2]], sum(bid[3] for bid in won.values())
    split = [one for one in file["groups"] for bid in won.values() if 0 < len({*one["items"]} & {*bid[2]}) < len(one["items"])]
    fit = not split and len(taken) == len(set(taken)) and [bid[0] for bid in won.values()] == said["winners"]
    _need(fit and total == _minor(said["value"]) <= _minor(said["bound"]), "the winning bids do not fit together and add up")
    paid = {one["bidder"]: _minor(one["amount"]) for one in prices["paid"]}
    floors = {one["bidder"] for one in prices["paid"] if one["is_reserve"]}
    _need(paid.keys() == won.keys() and sum(paid.values()) == _minor(prices["total"]), "the prices are not the winners'")
    for name, (order, _, _, value) in won.items():
        known = not sure[order] or (name in floors) == (paid[name] == least[order])
        _need(known and least[order] <= paid[name] <= value, "the price of %s is none its bundle can have" % name)
    try:
        found = _solve(bids)
        best = found[0] == total and (found[1] == said["winners"] or not said["earliest"])
        _need(best if said["optimal"] else found[0] <= _minor(said["bound"]), "another allocation is worth more, or came earlier")
        _need(_priced(file["rule"], bids, won, paid, floors, least), "the prices do not follow from the rule")
    except OverflowError:
        print("Too many bids to solve again here: it is only checked that those that won fit together and add up.")
    return won, paid, [bid["bidder"] for bid in file["bids"] if code in bid["bundle"]]
papers = [json.load(open(name, encoding="utf-8")) for name in sys.argv[1:]]
found = [body for body in (paper.get("body", paper) for paper in papers) if "package" in body]
_need(len(found) == 1, "this takes the audit file of one lot bid for in packages; there is none before its bidding is over")
log, package = found[0]["log"], found[0]["package"]
file, lots, code = package["file"], package["lots"], log["lot"]
won, paid, about = _allocated(file, lots, code) if file else ({}, {}, [])  # no file: the lot was annulled before
starts, result = {one["lot"]: _minor(one["start"]["amount"]) for one in lots}, ["passed_in", "allocation" if about else "no_bids"]
for name, bid in won.items():
    if code in bid[2]:  # its share of the price by starting prices, the largest remainders rounded up
        parts = [divmod(paid[name] * starts[lot], sum(starts[one] for one in bid[2])) for lot in sorted(bid[2])]
        ups = sorted((-rest, n) for n, (_, rest) in enumerate(parts))[: paid[name] - sum(part for part, _ in parts)]
        share = next(part + (n in [up for _, up in ups]) for n, (part, _) in enumerate(parts) if sorted(bid[2])[n] == code)
        result = ["sold", (package["paddle"], share, file["currency"])]
ends, before, over = "", {"kind": "", "at": "", "hash": ""}, ("sold", "passed_in", "annulled")
for n, event in enumerate(log["events"], 1):
    kind, at, pay, was = event["kind"], event["at"], event["payload"], before["kind"]
    whole = _hash({"lot": code, **{name: part for name, part in event.items() if name != "hash"}}) == event["hash"]
    _need(whole and (event["seq"], event["prev"]) == (n, before["hash"]), "event %d: the chain of hashes is broken" % n)
    if was == "closed":
        said = (pay["paddle"], _minor(pay["price"]["amount"]), pay["price"]["currency"]) if kind == "sold" else pay["reason"]
        ok = at == before["at"] and [kind, said] == result
    elif kind == "closed" and file:
        ok = at >= ends and pay == {"ends_at": ends, "bids": len(about), "bidders": len({*about}), "allocation": file["sha256"]}
    else:  # words, pauses and outages, which move the end; an annulment
        ok = kind != "opened" or {"lot": code, "start": pay["start"], "has_reserve": pay["has_reserve"]} in lots
        ok = ok and kind in TOLD and (kind == "opened") == (n == 1) and (was not in over or (was, kind) == ("sold", "annulled"))
    _need(ok, "event %d: not what the rules and the allocation make of the bidding" % n)
    ends, before = pay.get("ends_at", ends), event
_need(before["hash"] == log["head"] and kind in over and len(PLACES) == 1, "the log ends too early, or in other coins")
print("verified: %s, %d events, %s, head %s" % (code, n, kind, log["head"]), *(package.get("why") or {}).values())
