"""Opens the published envelopes of a lot again, by itself: Python 3.9 or later, no site, no package.

    python3 luochui_open.py L-…-opening.json [your receipts and own copies ...] [audit.json]

Root and paths (RFC 6962), decryption (HPKE, RFC 9180), commitments and your receipts must hold; each amount is printed. With
the audit file, root and amounts must be those of the lot's log (check that file itself with luochui_verify.py). Exit 0, else 1."""
import base64, hashlib, hmac, json, sys  # noqa: E401, I001
sys.tracebacklimit = 0
P, KEM, SUITE = 2**255 - 19, b"KEM\0\x20", b"HPKE\0\x20\0\1\0\2"
SHIFTED = (0, 5, 10, 15, 4, 9, 14, 3, 8, 13, 2, 7, 12, 1, 6, 11)

def _need(holds, why):
    if not holds:
        raise ValueError(why)

def _canonical(value):  # JSON with one spelling
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()

def _x25519(secret, u):  # RFC 7748, 5
    k, x = int.from_bytes(secret, "little") & ~7 & (1 << 254) - 1 | 1 << 254, int.from_bytes(u, "little") & (1 << 255) - 1
    x2, z2, x3, z3, swap = 1, 0, x, 1, 0
    for bit in (k >> t & 1 for t in range(254, -1, -1)):
        if swap ^ bit:
            x2, z2, x3, z3 = x3, z3, x2, z2
        a, b, c, d, swap = x2 + z2, x2 - z2, x3 + z3, x3 - z3, bit
        x3, z3, e = (d * a + c * b) ** 2 % P, x * (d * a - c * b) ** 2 % P, a * a - b * b
        x2, z2 = a * a * b * b % P, e * (a * a + 121665 * e) % P
    x2, z2 = (x3, z3) if swap else (x2, z2)
    return (x2 * pow(z2, P - 2, P) % P).to_bytes(32, "little")

def _extract(suite, salt, label, secret):  # RFC 9180, 4
    return hmac.digest(salt, b"HPKE-v1" + suite + label + secret, "sha256")

def _expand(suite, key, label, info, size):  # one block is enough
    return hmac.digest(key, size.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info + b"\1", "sha256")[:size]

def _gf(a, b):  # a product in the field of AES
    product = 0
    while b:
        product, a, b = product ^ (a if b & 1 else 0), a << 1 ^ (0x11B if a & 0x80 else 0), b >> 1
    return product

_INVERSE = [0] + [next(b for b in range(256) if _gf(a, b) == 1) for a in range(1, 256)]
_TURNED = [[b << n & 255 | b >> 8 - n for n in (1, 2, 3, 4)] for b in _INVERSE]
_BOX = [99 ^ b ^ one ^ two ^ three ^ four for b, (one, two, three, four) in zip(_INVERSE, _TURNED)]
_TWO, _THREE = [_gf(b, 2) for b in _BOX], [_gf(b, 3) for b in _BOX]

def _round_keys(key):  # FIPS 197, 5.2, for 32 bytes
    words = [list(key[at:at + 4]) for at in range(0, 32, 4)]
    for at in range(8, 60):
        word = words[at - 1]
        if at % 8 == 0:
            word = [_BOX[b] for b in word[1:] + word[:1]]
            word[0] ^= 1 << at // 8 - 1
        elif at % 8 == 4:
            word = [_BOX[b] for b in word]
        words.append([a ^ b for a, b in zip(words[at - 8], word)])
    return [[byte for word in words[at:at + 4] for byte in word] for at in range(0, 60, 4)]

def _aes(keys, block):  # FIPS 197, 5.1
    s = [a ^ b for a, b in zip(block, keys[0])]
    for key in keys[1:-1]:
        t = [s[at] for at in SHIFTED]
        mixed = ((t[c + r], t[c + (r + 1) % 4], t[c + (r + 2) % 4], t[c + (r + 3) % 4]) for c in (0, 4, 8, 12) for r in range(4))
        s = [_TWO[a] ^ _THREE[b] ^ _BOX[c] ^ _BOX[d] ^ k for (a, b, c, d), k in zip(mixed, key)]
    return bytes(_BOX[s[at]] ^ k for at, k in zip(SHIFTED, keys[-1]))

def _gcm(key, nonce, sealed):  # SP 800-38D, without associated data; None where the tag does not hold
    text, tag, keys = sealed[:-16], sealed[-16:], _round_keys(key)
    h, y, length = int.from_bytes(_aes(keys, bytes(16)), "big"), 0, bytes(8) + (8 * len(text)).to_bytes(8, "big")
    for block in [*(text[at:at + 16].ljust(16, b"\0") for at in range(0, len(text), 16)), length]:
        x, z, v = y ^ int.from_bytes(block, "big"), 0, h
        for bit in range(127, -1, -1):
            z, v = z ^ (v if x >> bit & 1 else 0), v >> 1 ^ (0xE1 << 120 if v & 1 else 0)
        y = z
    if (y ^ int.from_bytes(_aes(keys, nonce + b"\0\0\0\1"), "big")).to_bytes(16, "big") != tag:
        return None
    stream = b"".join(_aes(keys, nonce + (at + 2).to_bytes(4, "big")) for at in range(-(-len(text) // 16)))
    return bytes(a ^ b for a, b in zip(text, stream))

def _root(hashes):  # RFC 6962, 2.1
    if len(hashes) == 1:
        return hashes[0]
    half = 1 << (len(hashes) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + _root(hashes[:half]) + _root(hashes[half:])).digest()

papers = [json.load(open(name, encoding="utf-8")) for name in sys.argv[1:]]
bodies = [paper.get("receipt", paper).get("body", paper) for paper in papers]
(file,) = [body for body in bodies if body.get("format") == "luochui.opening/1"]
entries, amounts, last = [], {}, {}
for one in file["envelopes"]:
    entries.append({name: one[name] for name in ("lot", "index", "paddle", "kind", "sha256", "commitment", "at")})
    whole = one["sha256"] == (hashlib.sha256(base64.b64decode(one["ciphertext"])).hexdigest() if one["kind"] == "bid" else "")
    _need(whole and (one["lot"], one["index"]) == (file["lot"], len(entries)), "envelope %d is not whole" % len(entries))
    last[one["paddle"]] = one
root = _root([hashlib.sha256(b"\0" + _canonical(one)).digest() for one in entries]) if entries else hashlib.sha256(b"").digest()
_need((root.hex(), len(entries)) == (file["root"], file["count"]), "the root is not that of the receipts")
for receipt in (body for body in bodies if body.get("format") == "luochui.envelope/1"):
    _need(receipt["envelope"] in entries, "the file does not have the envelope of receipt %s" % receipt["envelope"]["index"])
secret, public = bytes.fromhex(file["private"]), bytes.fromhex(file["public"])
_need(not secret or _x25519(secret, bytes([9]) + bytes(31)) == public, "the private key is not that of the public one")
for one in (one for one in last.values() if secret and one["kind"] == "bid"):
    cipher = base64.b64decode(one["ciphertext"])
    info = _canonical({"format": "luochui.sealed/1", "lot": one["lot"], "paddle": one["paddle"]})
    shared = _extract(KEM, b"", b"eae_prk", _x25519(secret, cipher[:32]))
    shared = _expand(KEM, shared, b"shared_secret", cipher[:32] + public, 32)
    bound = b"\0" + _extract(SUITE, b"", b"psk_id_hash", b"") + _extract(SUITE, b"", b"info_hash", info)
    key = _extract(SUITE, shared, b"secret", b"")
    plain = _gcm(_expand(SUITE, key, b"key", bound, 32), _expand(SUITE, key, b"base_nonce", bound, 12), cipher[32:])
    fine = plain is not None and hashlib.sha256(plain).hexdigest() == one["commitment"]
    try:
        amounts[one["index"]] = json.loads(plain)["amount"] if fine else None
    except (ValueError, TypeError, KeyError):
        amounts[one["index"]] = None
    print("envelope", one["index"], "paddle", one["paddle"], amounts[one["index"]] or "does not open as committed")
for log in (body["log"] for body in bodies if "log" in body):
    said = {event["kind"]: event["payload"] for event in log["events"]}
    _need(log["lot"] == file["lot"] and said["envelopes"]["root"] == file["root"], "the log names another root")
    told = {bid["index"]: bid.get("amount") for bid in said["unsealed"]["bids"]}
    fine = all(told[index] in (None, amounts[index]) for index in told) and set(told) == set(amounts)
    _need(fine and all(told[one["index"]] or one["void"] for one in said["unsealed"]["bids"]), "the log tells other amounts")
print("verified: %s, %d envelopes, root %s" % (file["lot"], len(entries), file["root"]))
