"""Check the proof of a draw with Python's standard library alone: python3 verify_draw.py FILE"""

# fmt: off
import hashlib, hmac, json, re, sys

sys.excepthook = lambda *fault: print("draw_proof.unreadable", file=sys.stderr)
proof = json.load(open(sys.argv[1], encoding="utf-8"))
rules, entries, seed, figure = proof["rules"], proof["entries"], proof["seed"], proof["figure"]
entropy, beacon = proof["entropy"], rules["beacon"]
sha, fail = (lambda data: hashlib.sha256(data).digest()), (lambda fault: sys.exit("draw_proof." + fault))
opens = lambda text, hashed: re.fullmatch("[0-9a-f]{64}", text) and sha(bytes.fromhex(text)).hex() == hashed
grows, kept = ("joins_until", "claim_days", "alternates"), ("name", "kind", "value")
same = lambda rules: {name: rules[name] for name in rules if name not in ("version", "prizes", *grows)}
less = lambda had, has: has["quantity"] < had["quantity"] or any(had[name] != has[name] for name in kept)
pairs = lambda was, now: [*zip(was["prizes"], now["prizes"])] if len(was["prizes"]) <= len(now["prizes"]) else [None]
worse = lambda was, now: (
    set(was) != set(now) or same(was) != same(now) or any(now[name] < was[name] for name in grows)
    or now["joins_until"] > now["draws_at"] or any(pair is None or less(*pair) for pair in pairs(was, now)))
if proof["format"] != "canglian-draw/1": fail("format")
text = json.dumps(rules, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
if sha(text.encode()).hex() != proof["rules_hash"]: fail("rules")
published = [*proof["earlier"], rules]
if any(worse(*published[at : at + 2]) for at in range(len(published) - 1)): fail("worse")
link = sha(("canglian-draw-entries/1\n" + rules["draw"]).encode())
for number in entries: link = hashlib.sha256(link + number.encode()).digest()
if link.hex() != proof["entries_hash"]: fail("entries")
if beacon:
    first = -(-(proof["frozen_at"] + 60 - beacon["genesis"]) // beacon["period"]) + 1
    if proof["round"] != max(rules["round"], first, 1): fail("round")
if seed and not opens(seed, rules["seed_hash"]): fail("seed")
if entropy and beacon:
    right = entropy["round"] == proof["round"] and sha(bytes.fromhex(entropy["signature"])).hex()
    if right != entropy["value"]: fail("entropy")
elif entropy and not opens(entropy["value"], rules["second_hash"]): fail("entropy")
if figure is None and not (seed and entropy): fail("entropy_withheld" if seed else "seed_withheld")
if figure is not None and seed and entropy: fail("figure")
value = entropy and entropy["value"]
parts = "canglian-draw/1", proof["rules_hash"], link.hex(), str(len(entries)), seed, value, figure
key, counter, turn, moved, seen, winners = sha("\n".join(part or "-" for part in parts).encode()), 0, 0, {}, set(), []
prizes = [place for place, prize in enumerate(rules["prizes"], 1) for _ in range(prize["quantity"])]
prizes += [0] * rules["alternates"]
while len(winners) < len(prizes) and turn < len(entries):
    size, block = len(entries) - turn, 2**256
    while block >= 2**256 - 2**256 % size:
        block, counter = int.from_bytes(hmac.digest(key, counter.to_bytes(8, "big"), "sha256"), "big"), counter + 1
    at = turn + block % size
    place, moved[at], turn = moved.get(at, at), moved.get(turn, turn), turn + 1
    if entries[place] not in seen: winners.append([place + 1, entries[place], prizes[len(winners)], len(winners) + 1])
    seen.add(entries[place])
shape = {"position": int, "number": str, "prize": int, "rank": int}
if any({name: type(row[name]) for name in row} != shape for row in proof["winners"]): fail("unreadable")
stated = [[row["position"], row["number"], row["prize"], row["rank"]] for row in proof["winners"]]
ours, theirs = ([row[:2] for row in rows] for rows in (winners, stated))
if winners != stated: fail("prizes" if ours == theirs else "order" if sorted(ours) == sorted(theirs) else "winners")
print("OK", rules["draw"], len(entries), "entries", proof["entries_hash"], "rules", proof["rules_hash"])
for row in winners: print(*row[:3], rules["prizes"][row[2] - 1]["name"] if row[2] else "")
