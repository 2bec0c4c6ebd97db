"""Markdown tables of what bench/compare has measured."""
import statistics

from workloads import WORKLOADS


def text(value):
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def spread(values):
    if not values:
        return "–"
    if len(values) == 1:
        return text(values[0])
    return f"{text(statistics.median(values))} ({text(min(values))}..{text(max(values))})"


def ratios(rows, name, reference, figure):
    value = lambda server: {r["round"]: r["figures"][figure] for r in rows if r["label"] == server and r["ok"]}
    base = value(reference)
    return [v / base[n] for n, v in value(name).items() if base.get(n)]


def print_table(work, rows):
    w = WORKLOADS[work]
    references = ["floor", "joining-floor"] if w.broadcast else ["floor"]
    columns = ["server", "median (least..most)"] + ["ratio to the " + r.replace("-", " ") for r in references]
    columns += [*w.more, "runs"]
    print(f"\n### {work}\n\n{w.title}\n")
    print("| " + " | ".join(columns) + " |")
    print("|---" * len(columns) + "|")
    for name in dict.fromkeys(r["label"] for r in rows):
        good = [r["figures"] for r in rows if r["label"] == name and r["ok"]]
        failed = sum(1 for r in rows if r["label"] == name and not r["ok"])
        cells = [name, spread([f[w.figure] for f in good])]
        cells += [spread(ratios(rows, name, r, w.figure)) for r in references]
        cells += [text(statistics.median(f[m] for f in good)) if good else "–" for m in w.more.values()]
        cells.append(f"{len(good)}" + (f", {failed} FAILED" if failed else ""))
        print("| " + " | ".join(cells) + " |")


def print_tables(rows):
    for work in dict.fromkeys(r["work"] for r in rows):
        print_table(work, [r for r in rows if r["work"] == work])
    shares = [r["figures"]["others_share"] for r in rows if r["ok"] and "others_share" in r["figures"]]
    if shares:
        print(f"\nOther processes used {100 * statistics.median(shares):.0f} % of the machine (median of the runs).")
