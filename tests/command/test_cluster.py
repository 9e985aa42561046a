#!/usr/bin/env python3
"""Tests of `deepmaacc cluster`, from outside: its results against clustering by the definitions, and how it refuses.

    tests/command/test_cluster.py build/release/bin/deepmaacc [unittest's options]
"""
import ast
import gzip
import itertools
import json
import math
import os
import pathlib
import random
import re
import struct
import sys
import zipfile

import command_test
from command_test import UNUSABLE, USAGE, CommandTest, npy, npy_bytes, run

METRICS = ("euclidean", "squared-euclidean", "cosine", "correlation", "manhattan", "chebyshev", "minkowski", "hamming", "canberra",
           "braycurtis")
RULES = ("single", "complete", "average", "weighted", "ward", "centroid", "median", "flexible")
OUTPUTS = ("--linkage-matrix", "--labels", "--dot", "--newick", "--json")
POLICY = {"name": str, "parameters": dict}
REPORT = {
    "schema": str, "deepmaacc": str,
    "points": {"file": str, "count": int, "dimensions": int},
    "metric": POLICY, "linkage": POLICY, "scaler": str, "precision": str,
    "cut": {"clusters": int, "height": type(None)},
    "clusters": {"count": int, "sizes": [int]},
    "merges": int,
    "heights": {"lowest": float, "highest": float, "below_cut": float, "above_cut": float},
    "threads": int, "execution_space": str,
    "seconds": {"load": float, "scale": float, "cluster": float, "write": float, "total": float},
}


def read_npy(content):
    """Type, shape and numbers of an NPY file; the type without its byte order."""
    assert content[:8] == b"\x93NUMPY\x01\x00", content[:8]
    end = 10 + struct.unpack("<H", content[8:10])[0]
    header = ast.literal_eval(content[10:end].decode("ascii"))
    assert content[end - 1:end] == b"\n" and end % 64 == 0 and not header["fortran_order"], header
    count = math.prod(header["shape"])
    letter = {"i8": "q", "f8": "d", "f4": "f"}[header["descr"][1:]]
    return header["descr"][1:], header["shape"], list(struct.unpack(f"{header['descr'][0]}{count}{letter}", content[end:]))


def matrix(rows, descr="<f8"):
    """An NPY file of points."""
    letter = {"<f8": "<d", ">f4": ">f", "<f4": "<f", "|i1": "b"}[descr]
    return npy(descr, f"({len(rows)}, {len(rows[0])})", b"".join(struct.pack(letter, x) for row in rows for x in row))


def random_points(count, dimensions, seed):
    """Points around three centres, without ties; their numbers are those of float32."""
    rng = random.Random(seed)
    numbers = [[10 * ((i % 3) == d) + rng.gauss(0, 1) for d in range(dimensions)] for i in range(count)]
    return [list(struct.unpack(f"{dimensions}f", struct.pack(f"{dimensions}f", *row))) for row in numbers]


def angle(a, b):
    return 1 - sum(x * y for x, y in zip(a, b)) / math.sqrt(sum(x * x for x in a) * sum(y * y for y in b))


def less_mean(a):
    return [x - sum(a) / len(a) for x in a]


DISTANCES = {
    "euclidean": math.dist,
    "squared-euclidean": lambda a, b: sum((x - y) ** 2 for x, y in zip(a, b)),
    "cosine": angle,
    "correlation": lambda a, b: angle(less_mean(a), less_mean(b)),
    "manhattan": lambda a, b: sum(abs(x - y) for x, y in zip(a, b)),
    "chebyshev": lambda a, b: max(abs(x - y) for x, y in zip(a, b)),
    "minkowski": math.dist,
    "minkowski=1.5": lambda a, b: sum(abs(x - y) ** 1.5 for x, y in zip(a, b)) ** (1 / 1.5),
    "canberra": lambda a, b: sum(abs(x - y) / (abs(x) + abs(y)) for x, y in zip(a, b)),
    "braycurtis": lambda a, b: sum(abs(x - y) for x, y in zip(a, b)) / sum(abs(x + y) for x, y in zip(a, b)),
}


class Cluster:
    """Members and centre of a cluster, and what it was made of: the higher its number, the later."""

    def __init__(self, number, members, centre, parts=()):
        self.number, self.members, self.centre, self.parts = number, members, centre, parts


def between(rule, a, b, distance):
    """How far two clusters are apart, by the definition of the linkage rule; `distance` tells it for two points."""
    m, n = len(a.members), len(b.members)
    pairs = [distance(x, y) for x in a.members for y in b.members] if rule in ("single", "complete", "average") else None
    if rule == "single":
        return min(pairs)
    if rule == "complete":
        return max(pairs)
    if rule == "average":
        return sum(pairs) / len(pairs)
    if rule == "ward":
        return math.sqrt(2 * m * n / (m + n)) * math.dist(a.centre, b.centre)
    if rule in ("centroid", "median"):
        return math.dist(a.centre, b.centre)
    # The other two are recurrences: what was made last is taken apart.
    whole, other = (a, b) if a.number > b.number else (b, a)
    if not whole.parts:
        return distance(a.members[0], b.members[0])
    first, second = whole.parts
    beta = {"weighted": 0, "flexible": -0.25}[rule] if "=" not in rule else float(rule.split("=")[1])
    result = (1 - beta) / 2 * (between(rule, first, other, distance) + between(rule, second, other, distance))
    return result + (beta * between(rule, first, second, distance) if beta else 0)


def agglomerate(points, rule="average", distance=math.dist):
    """The linkage matrix of SciPy, by looking at all pairs of clusters before each merge."""
    known = {}

    def apart(i, j):
        if (i, j) not in known:
            known[i, j] = between(rule, clusters[i], clusters[j], distance)
        return known[i, j]

    clusters = {i: Cluster(i, [point], point) for i, point in enumerate(points)}
    rows = []
    while len(clusters) > 1:
        i, j = min(itertools.combinations(sorted(clusters), 2), key=lambda pair: apart(*pair))
        height = apart(i, j)
        a, b = clusters.pop(i), clusters.pop(j)
        share = 0.5 if rule == "median" else len(a.members) / (len(a.members) + len(b.members))
        centre = [share * x + (1 - share) * y for x, y in zip(a.centre, b.centre)]
        number = len(points) + len(rows)
        clusters[number] = Cluster(number, a.members + b.members, centre, (a, b))
        rows.append((i, j, height, len(a.members) + len(b.members)))
    return rows


def labels_of(count, rows):
    """The clusters that the first merges of a tree connect, numbered in the order of their first points."""
    where = list(range(count))
    for m, row in enumerate(rows):
        where = [count + m if at in row[:2] else at for at in where]
    numbers = {}
    return [numbers.setdefault(at, len(numbers)) for at in where]


class ClusterTest(CommandTest):
    def points(self, rows, name="points.npy", **options):
        return self.file(name, matrix(rows, **options))

    def cluster(self, points, *options):
        """Rows of the linkage matrix, and labels."""
        rows, labels = self.folder / "rows.npy", self.folder / "labels.npy"
        self.assertEqual(self.succeed("cluster", points, "--linkage-matrix", rows, "--labels", labels, "--quiet", *options), "")
        kind, shape, numbers = read_npy(rows.read_bytes())
        self.assertEqual((kind, shape[1]), ("f8", 4))
        label_kind, label_shape, found = read_npy(labels.read_bytes())
        self.assertEqual((label_kind, label_shape), ("i8", (shape[0] + 1,)))
        rows.unlink(), labels.unlink()
        return [tuple(numbers[i:i + 4]) for i in range(0, len(numbers), 4)], found

    def report(self, points, *options):
        return json.loads(self.succeed("cluster", points, "--json", "-", *options))

    def check_rows(self, found, wanted, tolerance=1e-9, shown=""):
        self.assertEqual([(row[0], row[1], row[3]) for row in found], [(row[0], row[1], row[3]) for row in wanted], shown)
        for a, b in zip(found, wanted):
            self.assertAlmostEqual(a[2], b[2], delta=tolerance * max(1, abs(b[2])), msg=shown)


class Results(ClusterTest):
    def test_three_clusters_by_hand(self):
        points = self.points([[0], [10], [1], [30], [12]])
        rows, labels = self.cluster(points, "--clusters", 3)
        self.assertEqual(rows, [(0, 2, 1, 2), (1, 4, 2, 2), (5, 6, 10.5, 4), (3, 7, 24.25, 5)])
        self.assertEqual(labels, [0, 1, 0, 2, 1])
        for height, wanted in ((0.5, [0, 1, 2, 3, 4]), (1, [0, 1, 0, 2, 3]), (10.49, [0, 1, 0, 2, 1]), (10.5, [0, 0, 0, 1, 0]),
                               (24.25, [0] * 5), (1e300, [0] * 5), (-1, [0, 1, 2, 3, 4])):
            self.assertEqual(self.cluster(points, "--height", height)[1], wanted, height)
        for clusters, wanted in ((1, [0] * 5), (2, [0, 0, 0, 1, 0]), (4, [0, 1, 0, 2, 3]), (5, [0, 1, 2, 3, 4])):
            self.assertEqual(self.cluster(points, "--clusters", clusters)[1], wanted, clusters)
        complete = self.cluster(points, "--clusters", 2, "--linkage", "complete")[0]
        self.assertEqual([row[2] for row in complete], [1, 2, 12, 30])
        single = self.cluster(points, "--clusters", 2, "--linkage", "single")[0]
        self.assertEqual([row[2] for row in single], [1, 2, 9, 18])

    def test_every_linkage_rule(self):
        rows = random_points(40, 3, seed=1)
        points = self.points(rows)
        for rule in (*RULES, "flexible=0.1", "flexible=-0.5"):
            wanted = agglomerate(rows, rule)
            found, labels = self.cluster(points, "--linkage", rule, "--clusters", 3)
            self.check_rows(found, wanted, shown=rule)
            self.assertEqual(labels, labels_of(40, wanted[:37]), rule)
            self.assertEqual(self.cluster(points, "--linkage", rule, "--clusters", 11)[1], labels_of(40, wanted[:29]), rule)

    def test_every_metric(self):
        # Positive: where signs differ, a term of Canberra's is 1 whatever the numbers, and ties.
        rows = [[x + 8 for x in row] for row in random_points(30, 5, seed=2)]
        points = self.points(rows)
        for metric, distance in DISTANCES.items():
            for rule in ("single", "average", "complete"):
                wanted = agglomerate(rows, rule, distance)
                found, labels = self.cluster(points, "--metric", metric, "--linkage", rule, "--clusters", 4)
                self.check_rows(found, wanted, shown=f"{metric} {rule}")
                self.assertEqual(labels, labels_of(30, wanted[:26]), metric)
        found = [self.cluster(points, "--metric", metric, "--clusters", 4) for metric in ("minkowski", "minkowski=2")]
        self.assertEqual(found[0], found[1])

    def test_hamming(self):
        # Shares of coordinates that differ: 1/4 for the first two, then 2/4 and 3/4 from the third to them.
        points = self.file("points.npy", npy("|u1", "(3, 4)", bytes([1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 1, 0])))
        rows, labels = self.cluster(points, "--metric", "hamming", "--clusters", 2)
        self.assertEqual(rows, [(0, 1, 0.25, 2), (2, 3, 0.625, 3)])
        self.assertEqual(labels, [0, 0, 1])

    def test_distances_instead_of_points(self):
        rows = random_points(30, 3, seed=13)
        square = self.points([[math.dist(a, b) for b in rows] for a in rows], "square.npy")
        pairs = [math.dist(a, b) for a, b in itertools.combinations(rows, 2)]
        condensed = self.file("condensed.npy", npy("<f8", f"({len(pairs)},)", struct.pack(f"<{len(pairs)}d", *pairs)))
        for rule in RULES:
            wanted = agglomerate(rows, rule)
            for file, precision in itertools.product((square, condensed), ("float64", "float32")):
                found, labels = self.cluster(file, "--metric", "precomputed", "--linkage", rule, "--clusters", 3, "--precision", precision)
                self.check_rows(found, wanted, 1e-9 if precision == "float64" else 1e-4, f"{file} {rule} {precision}")
                self.assertEqual(labels, labels_of(30, wanted[:27]), rule)
        for file in (square, condensed):
            report = self.report(file, "--metric", "precomputed", "--clusters", 3)
            self.assertEqual(report["points"], {"file": str(file), "count": 30, "dimensions": None})
            text = self.succeed("cluster", file, "--metric", "precomputed", "--clusters", 3)
            self.assertIn("distances of 30 points\naverage linkage, precomputed distances", text)
        none = self.file("none.npy", npy("<f8", "(0,)", b""))
        self.assertEqual(self.cluster(none, "--metric", "precomputed", "--clusters", 1), ([], [0]))

    def test_every_pair_of_metric_and_rule(self):
        points = self.points(random_points(12, 4, seed=3))
        for metric, rule in itertools.product(METRICS, RULES):
            options = ["--metric", metric, "--linkage", rule, "--precision", "float32", "--clusters", 2]
            if rule in ("ward", "centroid", "median") and metric != "euclidean":
                self.refused(USAGE, ["cluster", points, *options], "--linkage", rule, metric)
            else:
                self.assertEqual(len(self.cluster(points, *options)[1]), 12)

    def test_scalers(self):
        rows = [[x, 1000 * y, z / 1000, 7] for x, y, z in random_points(25, 3, seed=4)]
        points = self.points(rows)
        columns = list(zip(*rows))
        mean = [sum(column) / len(column) for column in columns]
        deviation = [math.sqrt(sum((x - m) ** 2 for x in column) / len(column)) or 1 for column, m in zip(columns, mean)]
        wanted = {
            "none": rows,
            "min-max": [[(x - min(c)) / ((max(c) - min(c)) or 1) for x, c in zip(row, columns)] for row in rows],
            "standard": [[(x - m) / d for x, m, d in zip(row, mean, deviation)] for row in rows],
        }
        for scaler, scaled in wanted.items():
            found, labels = self.cluster(points, "--scaler", scaler, "--clusters", 3)
            self.check_rows(found, agglomerate(scaled), shown=scaler)
            self.assertEqual(labels, labels_of(25, agglomerate(scaled)[:22]))

    def test_precisions(self):
        points = self.points(random_points(60, 4, seed=5))
        for rule in RULES:
            rows, labels = self.cluster(points, "--linkage", rule, "--clusters", 3)
            single, single_labels = self.cluster(points, "--linkage", rule, "--clusters", 3, "--precision", "float32")
            self.assertEqual(labels, single_labels)
            for a, b in zip(single, rows):
                self.assertAlmostEqual(a[2], b[2], delta=1e-5 * b[2])
            self.assertNotEqual(single, rows)

    def test_threads_change_nothing(self):
        points = self.points(random_points(700, 6, seed=6))
        for rule in RULES:
            found = [self.cluster(points, "--linkage", rule, "--clusters", 3, "--threads", threads) for threads in (1, 2)]
            self.assertEqual(found[0], found[1], rule)

    def test_files_that_hold_the_same_points(self):
        rows = [[3, -2, 7], [100, 5, -128], [4, -2, 8], [99, 7, -120], [0, 0, 1]]
        wanted = self.cluster(self.points(rows), "--clusters", 2)
        self.assertEqual(wanted[1], [0, 1, 0, 1, 0])
        columns = npy("<f8", "(5, 3)", b"".join(struct.pack("<d", row[d]) for d in range(3) for row in rows)).replace(b"False", b"True ")
        files = [self.points(rows, "a.npy", descr="|i1"), self.points(rows, "b.npy", descr=">f4"), self.file("c.npy", columns),
                 self.file("d.npy.gz", gzip.compress(matrix(rows)))]
        with zipfile.ZipFile(self.folder / "e.npz", "w") as archive:
            archive.writestr("other.npy", npy_bytes(1, 2))
            archive.writestr("points.npy", matrix(rows))
        for file in (*files, f"{self.folder / 'e.npz'}:points"):
            self.assertEqual(self.cluster(file, "--clusters", 2), wanted, file)

    def test_few_points(self):
        self.assertEqual(self.cluster(self.points([[1, 2]]), "--clusters", 1), ([], [0]))
        self.assertEqual(self.cluster(self.points([[1, 2]]), "--height", 0), ([], [0]))
        report = self.report(self.points([[1, 2]]), "--height", 0)
        self.assertEqual(report["heights"], {"lowest": None, "highest": None, "below_cut": None, "above_cut": None})
        for rule in RULES:
            self.assertEqual(self.cluster(self.points([[1, 2], [1, 2]]), "--height", 0, "--linkage", rule), ([(0, 1, 0, 2)], [0, 0]))
        self.assertIn("1 point of 2 coordinates", self.succeed("cluster", self.points([[1, 2]]), "--height", 0))

    def test_rounding_of_distances_is_forgiven(self):
        rows = random_points(12, 3, seed=12)
        distances = [[math.dist(a, b) for b in rows] for a in rows]
        distances[4] = [x + 1e-13 for x in distances[4]]
        distances[7][7] = -1e-16
        distances[2][1] = distances[1][2] = -1e-15
        options = ["--metric", "precomputed", "--clusters", 3]
        found = self.cluster(self.points(distances), *options)
        condensed = [max(0.0, distances[j][i]) for i in range(12) for j in range(i + 1, 12)]
        wanted = self.cluster(self.file("condensed.npy", npy("<f8", f"({len(condensed)},)", struct.pack(f"<{len(condensed)}d", *condensed))), *options)
        self.assertEqual(found, wanted)
        self.assertEqual(found[0][0][:3], (1, 2, 0))

    def test_names_of_scipy(self):
        points = self.points(random_points(20, 3, seed=13))
        for name, ours in (("cityblock", "manhattan"), ("sqeuclidean", "squared-euclidean"), ("minkowski", "euclidean")):
            self.check_rows(self.cluster(points, "--metric", name, "--clusters", 3)[0], self.cluster(points, "--metric", ours, "--clusters", 3)[0])
        self.assertEqual(self.report(points, "--metric", "cityblock", "--clusters", 3)["metric"]["name"], "manhattan")

    def test_sizes_of_memory(self):
        points = self.points(random_points(100, 2, seed=14))  # whose distances take 81 KiB
        for enough in ("100K", "100k", "0.1M", "0.1m", "1G", "1.5g", "0.5T", "16777215T", 100000):
            self.succeed("cluster", points, "--clusters", 2, "--memory-limit", enough, "--quiet")
        for little in ("50K", "0.05M", 50000, "0.00005g"):
            self.refused(USAGE, ["cluster", points, "--clusters", 2, "--memory-limit", little], "--memory-limit")

    def test_what_reports_print_can_be_given_back(self):
        points = self.points([[abs(x) for x in row] for row in random_points(20, 3, seed=15)])
        choices = [("metric", name) for name in (*METRICS, "minkowski=1.23456789", "minkowski(4)")]
        choices += [("linkage", name) for name in (*RULES, "flexible=-0.123456789", "flexible(0.5)")]
        choices += [("scaler", name) for name in ("none", "min-max", "standard")]
        for option, name in choices:
            given = ["--clusters", 3, f"--{option}", name]
            report = self.report(points, *given)
            policy = report[option] if option == "scaler" else "=".join([report[option]["name"], *map(repr, report[option]["parameters"].values())])
            back = self.report(points, "--clusters", 3, f"--{option}", policy)
            for one in (report, back):
                del one["seconds"]
            self.assertEqual(back, report, name)
            line = self.succeed("cluster", points, *given).splitlines()[1]
            shown = re.fullmatch(r"(?P<linkage>\S+) linkage, (?P<metric>\S+) distances, scaler (?P<scaler>[a-z-]+), .*", line)
            self.assertTrue(shown, line)
            back = self.report(points, "--clusters", 3, f"--{option}", shown[option])
            del back["seconds"]
            self.assertEqual(back, report, line)

    def test_the_memory_limit(self):
        rows = random_points(60, 4, seed=7)
        points = self.points(rows)
        for rule in ("single", "ward", "centroid", "median"):
            plenty = self.cluster(points, "--linkage", rule, "--clusters", 3)
            for limit in (1, "1K"):
                found = self.cluster(points, "--linkage", rule, "--clusters", 3, "--memory-limit", limit)
                self.check_rows(found[0], plenty[0], shown=rule)
                self.assertEqual(found[1], plenty[1], rule)
        for rule in ("average", "complete", "weighted", "flexible"):
            arguments = ["cluster", points, "--linkage", rule, "--clusters", 3, "--labels", self.folder / "labels.npy"]
            self.refused(USAGE, [*arguments, "--memory-limit", "8K"], rule, "memory")
            self.assertEqual(len(self.cluster(points, "--linkage", rule, "--clusters", 3, "--memory-limit", "1M")[1]), 60)


class Outputs(ClusterTest):
    def test_json_has_the_fields_of_the_schema(self):
        rows = random_points(40, 3, seed=8)
        points = self.points(rows)
        report = self.report(points, "--clusters", 4, "--metric", "minkowski=1.5", "--linkage", "flexible=-0.5", "--scaler", "standard",
                             "--precision", "float32", "--threads", 2)
        self.check_type(report, REPORT, "report")
        self.assertEqual((report["schema"], report["deepmaacc"]), ("deepmaacc.clusters/1", self.succeed("--version").splitlines()[0]))
        self.assertEqual(report["points"], {"file": str(points), "count": 40, "dimensions": 3})
        self.assertEqual(report["metric"], {"name": "minkowski", "parameters": {"p": 1.5}})
        self.assertEqual(report["linkage"], {"name": "flexible", "parameters": {"beta": -0.5}})
        self.assertEqual((report["scaler"], report["precision"], report["merges"]), ("standard", "float32", 39))
        self.assertEqual(report["cut"], {"clusters": 4, "height": None})

        report = self.report(points, "--height", 2.5, "--linkage", "complete")
        wanted = agglomerate(rows, "complete")
        kept = [row for row in wanted if row[2] <= 2.5]
        labels = labels_of(40, kept)
        self.assertEqual(report["cut"], {"clusters": None, "height": 2.5})
        self.assertEqual(report["clusters"], {"count": 40 - len(kept), "sizes": [labels.count(label) for label in range(40 - len(kept))]})
        heights = {"lowest": wanted[0], "highest": wanted[-1], "below_cut": kept[-1], "above_cut": wanted[len(kept)]}
        for name, row in heights.items():
            self.assertAlmostEqual(report["heights"][name], row[2], places=9)
        seconds = report["seconds"]
        self.assertLessEqual(seconds["load"] + seconds["scale"] + seconds["cluster"] + seconds["write"], seconds["total"])

    def test_the_summary_tells_the_same(self):
        points = self.points(random_points(40, 3, seed=9))
        options = ["--clusters", 15, "--linkage", "ward", "--scaler", "min-max"]
        text, report = self.succeed("cluster", points, *options), self.report(points, *options)
        lines = text.splitlines()
        self.assertEqual(lines[0], f"{points}: 40 points of 3 coordinates")
        self.assertTrue(lines[1].startswith("ward linkage, euclidean distances, scaler min-max, float64, "), lines[1])
        heights = report["heights"]
        self.assertEqual(lines[2], f"39 merges, heights {heights['lowest']:.6g} to {heights['highest']:.6g}")
        self.assertEqual(lines[4], f"15 clusters, the highest merge within them at {heights['below_cut']:.6g}, the lowest between them at "
                                   f"{heights['above_cut']:.6g}")
        sizes = report["clusters"]["sizes"]
        largest = sorted(range(15), key=lambda label: (-sizes[label], label))
        self.assertEqual([line.split()[:2] for line in lines[6:18]], [[str(label), str(sizes[label])] for label in largest[:12]])
        self.assertIn("3 smaller", lines[18])
        self.assertTrue(lines[-1].startswith("seconds: load "), lines[-1])

    def test_newick(self):
        rows = random_points(20, 2, seed=10)
        text = self.succeed("cluster", self.points(rows), "--clusters", 2, "--newick", "-")
        at = 0

        def tree():
            """Leaves of the tree that begins here, each with its distance to its root."""
            nonlocal at
            if text[at] != "(":
                name = re.compile(r"\d+").match(text, at).group()
                at += len(name)
                return {int(name): 0.0}
            found = {}
            while text[at] in "(,":
                at += 1
                part = tree()
                length = re.compile(r":([-+.\de]+)").match(text, at)
                at = length.end()
                for a, b in itertools.product(found, part):
                    apart[a, b] = apart[b, a] = found[a] + part[b] + float(length.group(1))
                # The two halves of a tree are as high; so what is known of the first is all there is to know.
                found.update({leaf: height + float(length.group(1)) for leaf, height in part.items()})
            self.assertEqual(text[at], ")")
            at += 1
            return found

        apart = {}
        self.assertEqual(set(tree()), set(range(20)))
        self.assertEqual(text[at:], ";\n")
        members = {i: [i] for i in range(20)}
        for m, (i, j, height, _) in enumerate(agglomerate(rows)):
            for a, b in itertools.product(members[i], members[j]):
                self.assertAlmostEqual(apart[a, b], height, places=9)
            members[20 + m] = members[i] + members[j]

    def test_dot(self):
        rows = random_points(20, 2, seed=11)
        text = self.succeed("cluster", self.points(rows), "--clusters", 2, "--dot", "-")
        self.assertTrue(text.startswith("digraph ") and text.rstrip().endswith("}"), text)
        edges = {(int(a), int(b)) for a, b in re.findall(r"(\d+)\s*->\s*(\d+)", text)}
        wanted = {(20 + m, part) for m, row in enumerate(agglomerate(rows)) for part in row[:2]}
        self.assertEqual(edges, wanted)

    def test_any_one_output_can_go_to_the_standard_output(self):
        points = self.points(random_points(10, 2, seed=12))
        places = {option: self.folder / option.strip("-") for option in OUTPUTS}
        self.succeed("cluster", points, "--clusters", 2, "--quiet", *itertools.chain(*places.items()))
        self.assertEqual(sorted(os.listdir(self.folder)), sorted(["points.npy", *(place.name for place in places.values())]))
        for option, place in places.items():
            others = [argument for other in OUTPUTS if other != option for argument in (other, places[other])]
            printed = self.succeed("cluster", points, "--clusters", 2, option, "-", *others, text=False)
            if option == "--json":
                self.assertEqual(json.loads(printed)["schema"], "deepmaacc.clusters/1")
            else:
                self.assertEqual(printed, place.read_bytes(), option)

    def test_files_replace_older_ones(self):
        points = self.points([[1, 2], [3, 4], [3, 5]])
        self.file("labels.npy", b"older")
        self.succeed("cluster", points, "--clusters", 2, "--labels", "labels.npy", "--quiet", cwd=self.folder)
        self.assertEqual(read_npy((self.folder / "labels.npy").read_bytes()), ("i8", (3,), [0, 1, 1]))
        self.assertEqual(sorted(os.listdir(self.folder)), ["labels.npy", "points.npy"])

    def test_help(self):
        text = " ".join(self.succeed("cluster", "--help").split())
        others = ["--clusters", "--height", "--scaler", "--precision", "--memory-limit", "--threads", "--quiet"]
        for word in (*METRICS, "precomputed", *RULES, *OUTPUTS, *others):
            self.assertIn(word, text)
        self.assertIn("cluster", self.succeed("--help"))


class Refusals(ClusterTest):
    def refused_points(self, content, *words, options=("--clusters", 1)):
        points = content if isinstance(content, (str, pathlib.Path)) else self.file("points.npy", content)
        self.refused(UNUSABLE, ["cluster", points, *options, "--labels", self.folder / "labels.npy", "--json", self.folder / "report.json"],
                     points, *words)

    def refused_options(self, options, *words, status=USAGE):
        """The points are not even looked for."""
        self.refused(status, ["cluster", self.folder / "none.npy", *options], *words)

    def test_names_that_are_nearly_right(self):
        for option, name, meant in (("--metric", "euclidian", "euclidean"), ("--metric", "Cosine", "cosine"), ("--metric", "minkovski=3", "minkowski"),
                                    ("--linkage", "wadr", "ward"), ("--linkage", "avrage", "average"), ("--scaler", "minmax", "min-max"),
                                    ("--precision", "flaot32", "float32"), ("--metric", "precompute", "precomputed")):
            self.refused_options(["--clusters", 1, option, name], option, f"(did you mean {meant}?)")
        for name in ("xyz", ""):
            done = run("cluster", "none.npy", "--clusters", 1, "--linkage", name)
            self.assertNotIn("did you mean", done.stderr)
        self.refused_options(["--cluster", 1], "cluster has no option --cluster (did you mean --clusters?)")
        self.refused_options(["--clusters", 1, "--lables=x.npy"], "has no option --lables (did you mean --labels?)")
        self.refused(USAGE, ["clsuter"], "deepmaacc: 'clsuter' is no command (did you mean cluster?)", "commands: analyze, inspect, cluster")

    def test_arguments_that_are_not_expected_are_listed_in_their_order(self):
        self.refused_options(["--clusters", 1, "first", "second", "third"], "first second third")

    def test_numbers_that_float32_cannot_hold(self):
        stamps = self.points([[1700000000 + 37 * i] for i in range(5)])
        for precision, warnings in (("float32", 1), ("float64", 0)):
            done = run("cluster", stamps, "--clusters", 2, "--precision", precision)
            self.assertEqual((done.returncode, done.stderr.count("\n")), (0, warnings), done.stderr)
            if warnings:
                self.assertTrue(done.stderr.startswith(f"deepmaacc: warning: {stamps}: row 1 has 1700000037 in column 0, which float32 takes for 1700000000"))
                self.assertIn("--precision float64", done.stderr)
        fitting = self.points([[16777216.0], [16777218.0], [0.1]])
        self.succeed("cluster", fitting, "--clusters", 2, "--precision", "float32")

    def test_distances_that_are_taken_for_points(self):
        rows = random_points(6, 2, seed=3)
        distances = [[math.dist(a, b) for b in rows] for a in rows]
        square = self.points(distances)
        done = run("cluster", square, "--clusters", 2)
        self.assertEqual((done.returncode, done.stderr.count("\n")), (0, 1), done.stderr)
        self.assertTrue(done.stderr.startswith(f"deepmaacc: warning: {square}: these look like distances"), done.stderr)
        self.assertIn("--metric precomputed", done.stderr)
        self.succeed("cluster", square, "--clusters", 2, "--metric", "precomputed")
        for changed in (1, -1):  # no diagonal of distances, and not symmetric
            other = [list(row) for row in distances]
            other[2][2 if changed == 1 else 3] += changed
            self.succeed("cluster", self.points(other), "--clusters", 2)

    def test_memory_and_large_numbers_are_told_in_the_commands_words(self):
        points = self.points(random_points(100, 2, seed=4))
        words = ("--memory-limit: the distances of 100 points take 81.", "but may take 60 KiB; raise --memory-limit", "or take --precision float32, which fits",
                 "or for average a linkage rule that needs no distances: single, ward")
        refused = ["cluster", points, "--clusters", 1, "--memory-limit", "60K"]
        self.refused(USAGE, refused, *words)
        self.assertNotIn("memory_limit", run(*refused).stderr)
        self.assertNotIn("float32", run(*refused[:-1], "8K").stderr)
        self.succeed(*refused, "--precision", "float32")
        large = self.points([[0, 1e308, 1.7e308], [1e308, 0, 1.7e308], [1.7e308, 1.7e308, 0]])
        arguments = ["cluster", large, "--metric", "precomputed", "--linkage", "weighted", "--clusters", 2]
        self.refused(UNUSABLE, arguments, f"{large}: distances by linkage weighted grow beyond what float64 can hold; scale the numbers in the file")
        self.assertNotIn("check_rule", run(*arguments).stderr)

    def test_points_that_cannot_be_read(self):
        self.refused_points(self.folder / "none.npy", "there is no such file")
        self.refused_points(self.folder, "folder")
        self.refused_points(b"text", "the format is not known")
        self.refused_points(b"", "the format is not known")
        self.refused_points(matrix([[1, 2], [3, 4]])[:-3], "(2, 2)")
        self.refused_points(npy("<c8", "(1, 1)", bytes(8)), "'<c8'")
        with zipfile.ZipFile(self.folder / "two.npz", "w") as archive:
            archive.writestr("a.npy", npy_bytes(1))
            archive.writestr("b.npy", npy_bytes(2))
        self.refused_points(self.folder / "two.npz", "say which array", "a, b")
        self.refused_points(f"{self.folder / 'two.npz'}:a", "(1)", "matrix")

    def test_points_that_cannot_be_clustered(self):
        self.refused_points(npy_bytes(1, 2, 3), "matrix", "(3)")
        self.refused_points(npy("|u1", "(1, 1, 1)", b"\x01"), "matrix", "(1, 1, 1)")
        self.refused_points(npy("|u1", "()", b"\x01"), "matrix")
        self.refused_points(npy("<f4", "(0, 3)", b""), "no points")
        self.refused_points(npy("<f4", "(3, 0)", b""), "no coordinates")
        for number in (math.nan, math.inf, -math.inf):
            for scaler in ("none", "min-max", "standard"):
                self.refused_points(matrix([[1, 2], [3, number]]), "point 1", "column 1", options=("--clusters", 1, "--scaler", scaler))
        self.refused_points(matrix([[1, 2], [0, 0], [2, 1]]), "point 1", options=("--clusters", 1, "--metric", "cosine"))
        self.refused_points(matrix([[1, 2], [3, 1], [5, 5]]), "point 2", options=("--clusters", 1, "--metric", "correlation"))
        self.refused_points(matrix([[1e300], [-1e300]]), "float32", options=("--clusters", 1, "--precision", "float32"))
        self.refused_points(matrix([[1e300], [-1e300]]), "the distance of points",
                            options=("--clusters", 1, "--metric", "squared-euclidean"))

    def test_distances_that_are_none(self):
        options = ("--clusters", 1, "--metric", "precomputed")
        for rows, word in (([[0, 1], [2, 0]], "equal"), ([[0, 1, 2], [1, 0, 3]], "(2, 3)"), ([[1, 2], [2, 1]], "similarities"),
                           ([[0, -1], [-1, 0]], "-1"), ([[0, math.nan], [math.nan, 0]], "nan"), ([[0, math.inf], [math.inf, 0]], "inf")):
            self.refused_points(matrix(rows), word, options=options)
        self.refused_points(npy_bytes(1, 2, 3, 4), "4 condensed distances", options=options)
        self.refused_points(npy("|u1", "(1, 1, 1)", b"\x01"), "(1, 1, 1)", options=options)
        self.refused_points(npy("|u1", "()", b"\x01"), "()", options=options)
        self.refused_points(npy_bytes(1, 2, 3), "4 clusters", "3 points", options=("--clusters", 4, "--metric", "precomputed"))
        self.refused_options([*options, "--scaler", "min-max"], "--scaler", "precomputed")
        points = self.file("points.npy", npy_bytes(1, 2, 3))
        self.refused(USAGE, ["cluster", points, *options, "--memory-limit", 1], "--memory-limit: the distances of 3 points")

    def test_more_clusters_than_points(self):
        self.refused_points(matrix([[1, 2], [3, 4]]), "3 clusters", "2 points", options=("--clusters", 3))
        self.refused_points(matrix([[1, 2], [3, 4]]), "points", options=("--clusters", 2**64 - 1))

    def test_names(self):
        for option, valid in (("--metric", (*METRICS, "precomputed")), ("--linkage", RULES), ("--scaler", ["none", "min-max", "standard"]),
                              ("--precision", ["float32", "float64"])):
            for name in ("xyz", "", "Average"):
                self.refused_options(["--clusters", 1, option, name], option, f"'{name}'", *valid)

    def test_numbers(self):
        for option in ("--clusters", "--threads"):
            for number in ("-1", "x", "1.5", "", "0", "1e3", 2**64):
                self.refused_options([option, number, *(["--clusters", 1] if option == "--threads" else [])], option)
        for number in ("x", "", "nan", "inf", "-inf", "1e999", "1x"):
            self.refused_options(["--height", number], "--height", f"'{number}'")
        for metric, word in (("minkowski=", "''"), ("minkowski=x", "'x'"), ("minkowski=0.5", "0.5"), ("minkowski=inf", "inf"),
                             ("minkowski=nan", "nan"), ("minkowski=1=2", "'1=2'"), ("cosine=1", "takes no number"), ("=3", "''"),
                             ("minkowski(1, 2)", "minkowski takes one number\n"), ("minkowski(1", "has no ) at its end")):
            self.refused_options(["--clusters", 1, "--metric", metric], "minkowski" if metric.startswith("minkowski=0") else "", word)
        for rule, word in (("flexible=", "''"), ("flexible=1", "BETA"), ("flexible=-2", "BETA"), ("flexible=nan", "BETA"),
                           ("ward=1", "takes no number")):
            self.refused_options(["--clusters", 1, "--linkage", rule], "--linkage", word)
        for size in ("0", "x", "", "-1", "-1G", "0.5", "0.0001K", "8 G", "8GB", "G", "1e3", "0x10", "inf", "nan", "infG", "1.5.5G", 2**64, "99999999999G",
                     "16777216T", "9" * 400):
            self.refused_options(["--clusters", 1, "--memory-limit", size], "--memory-limit", f"'{size}'")

    def test_options(self):
        self.refused_options([], "--clusters", "--height")
        self.refused_options(["--clusters", 1, "--height", 1], "--clusters", "--height")
        self.refused_options(["--clusters", 1, "--clusters", 2], "--clusters")
        self.refused_options(["--clusters", 1, "--colour", "red"], "--colour")
        self.refused_options(["--clusters", 1, "second.npy"], "second.npy")
        self.refused(USAGE, ["cluster", "--clusters", 1], "POINTS")
        self.refused(USAGE, ["cluster"], "POINTS")
        self.refused(USAGE, ["clusters"], "clusters", "analyze, inspect, cluster")

    def test_outputs_that_exclude_each_other(self):
        points = self.points([[1], [2]])
        (self.folder / "link").symlink_to("points.npy")
        os.link(points, self.folder / "hard")
        for one, other in itertools.combinations(OUTPUTS, 2):
            self.refused_options(["--clusters", 1, one, "-", other, "-"], one, other, "standard output")
            self.refused_options(["--clusters", 1, one, "x", other, self.folder / "x"], one, other, "x")
            self.refused_options(["--clusters", 1, one, "x", other, "./none/../x"], one, other, "x")
        for option in OUTPUTS:
            for place in (points, "points.npy", "link", "hard"):
                self.refused(USAGE, ["cluster", points, "--clusters", 1, option, place], option, place, "the file of the points")
            self.refused_options(["--clusters", 1, option, ""], option, "empty")
        archive = self.folder / "points.npz"
        with zipfile.ZipFile(archive, "w") as stream:
            stream.writestr("points.npy", matrix([[1], [2]]))
        before = archive.read_bytes()
        self.refused(USAGE, ["cluster", f"{archive}:points", "--clusters", 1, "--labels", archive], "the file of the points")
        self.assertEqual(archive.read_bytes(), before)

    def test_outputs_that_cannot_be_written(self):
        points, occupied = self.points([[1], [2]]), self.file("file", b"")
        for option in OUTPUTS:
            for place in (self.folder / "none" / "x", self.folder, occupied / "x"):
                # Said before the points are read, and before another output is written.
                self.refused_options(["--clusters", 1, option, place], place, "cannot be written", status=UNUSABLE)
                other = OUTPUTS[(OUTPUTS.index(option) + 1) % len(OUTPUTS)]
                arguments = ["cluster", points, "--clusters", 1, option, place, other, self.folder / "other"]
                self.refused(UNUSABLE, arguments, "cannot be written")

    def test_standard_output_that_is_full(self):
        points = self.points([[1], [2]])
        for options in ([], *([option, "-"] for option in OUTPUTS)):
            self.refused_where_the_standard_output_is_full("cluster", points, "--clusters", 1, *options)


if __name__ == "__main__":
    command_test.main()
