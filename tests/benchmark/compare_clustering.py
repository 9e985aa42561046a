#!/usr/bin/env python3
"""Times benchmark_clustering beside other libraries, on the same points, and prints Markdown tables.

    tests/benchmark/compare_clustering.py [--program build/release/bin/benchmark_clustering] [--sizes 1000,2000,5000,10000,20000]
        [--data clustered,gaussian] [--linkages average,ward,complete,weighted,single,centroid] [--peers fastcluster,...] [--repeats 3] [--dimensions 128]

Needs numpy, scipy, scikit-learn, fastcluster and genieclust of PyPI: `python3 -m venv build/peers && build/peers/bin/pip install numpy scipy
scikit-learn fastcluster genieclust`, then run this by build/peers/bin/python. Every program runs its repeats in one process, ours and the others in turn; seconds are medians, from points in memory to tree, distances
included; ours runs 5 times at least. (The first run in a process also pays for memory that the system has to clear.) Peak memory is the process's. Heights are compared with the
first peer's.
"""
import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

PEERS = ("fastcluster", "fastcluster_vector", "scipy", "sklearn", "genieclust")
CAN = {"fastcluster_vector": ("single", "centroid", "ward", "median"), "genieclust": ("single",), "sklearn": ("single", "complete", "average", "ward")}


def make_points(data, count, dimensions, file):
    import numpy
    random = numpy.random.default_rng(1)
    noise = random.standard_normal((count, dimensions))
    if data == "clustered":
        centres = random.standard_normal((100, dimensions))
        noise = centres[random.integers(0, 100, count)] + 0.3 * noise
    noise.astype(numpy.float32).tofile(file)


def child(peer, linkage, file, dimensions, heights_file, repeats):
    """Runs one peer, and prints the median of its seconds, and peak memory."""
    import resource
    import time
    import numpy
    points = numpy.fromfile(file, numpy.float32).reshape(-1, dimensions)
    heights = None
    if peer == "fastcluster":
        import fastcluster
        from scipy.spatial.distance import pdist
        run = lambda: fastcluster.linkage(pdist(points), linkage, preserve_input=False)[:, 2]
    elif peer == "fastcluster_vector":
        import fastcluster
        run = lambda: fastcluster.linkage_vector(points, linkage)[:, 2]
    elif peer == "scipy":
        from scipy.cluster.hierarchy import linkage as scipy_linkage
        from scipy.spatial.distance import pdist
        run = lambda: scipy_linkage(pdist(points), linkage)[:, 2]
    elif peer == "sklearn":
        from sklearn.cluster import AgglomerativeClustering
        run = lambda: AgglomerativeClustering(n_clusters=None, distance_threshold=0, linkage=linkage).fit(points).distances_
    else:
        import genieclust
        run = lambda: genieclust.Genie(n_clusters=1, gini_threshold=1.0).fit(points).distances_
    seconds = []
    for _ in range(repeats):
        began = time.perf_counter()
        heights = run()
        seconds.append(time.perf_counter() - began)
    numpy.sort(numpy.asarray(heights, dtype=numpy.float64)).tofile(heights_file)
    print(statistics.median(seconds), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def run_ours(options, linkage, file, count, heights_file):
    command = [options.program, "--points", file, "--count", count, "--dimensions", options.dimensions, "--linkage", linkage, "--repeats", max(5, options.repeats),
               "--heights", heights_file]
    if options.memory_limit:
        command += ["--memory-limit", options.memory_limit]
    text = subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True).stdout
    _, seconds, _, memory = text.splitlines()[-1].split()
    return float(seconds), float(memory)


def run_peer(options, peer, linkage, file, heights_file):
    command = [sys.executable, __file__, "--child", peer, linkage, str(file), str(options.dimensions), str(heights_file), str(options.repeats)]
    seconds, memory = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return float(seconds), float(memory)


def largest_difference(a, b):
    import numpy
    first, second = numpy.sort(numpy.fromfile(a)), numpy.sort(numpy.fromfile(b))
    return float(numpy.max(numpy.abs(first - second) / numpy.maximum(second, 1e-300)))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default="build/release/bin/benchmark_clustering")
    parser.add_argument("--sizes", default="1000,2000,5000,10000,20000")
    parser.add_argument("--data", default="clustered,gaussian")
    parser.add_argument("--linkages", default="average,ward,complete,weighted,single,centroid")
    parser.add_argument("--peers", default=",".join(PEERS))
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--dimensions", type=int, default=128)
    parser.add_argument("--memory-limit", default="", help="bytes, of ours")
    options = parser.parse_args()
    # Threads that wait must not take a core from those that work.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    os.environ.setdefault("OMP_PROC_BIND", "false")
    peers = options.peers.split(",")
    print(f"float32, {options.dimensions} dimensions, medians of {options.repeats}, {os.environ.get('OMP_NUM_THREADS', os.cpu_count())} threads")
    with tempfile.TemporaryDirectory() as folder:
        file, ours_heights, peer_heights = (pathlib.Path(folder) / name for name in ("points", "ours", "peer"))
        for data in options.data.split(","):
            print(f"\n{data}\n\n| n | linkage | ours, s | MiB | " + " | ".join(f"{peer}, s | ratio" for peer in peers) + " | heights differ by |")
            print("|---" * (5 + 2 * len(peers)) + "|")
            for count in map(int, options.sizes.split(",")):
                make_points(data, count, options.dimensions, file)
                for linkage in options.linkages.split(","):
                    able = [peer for peer in peers if linkage in CAN.get(peer, (linkage,))]
                    mine, memory = run_ours(options, linkage, file, count, ours_heights)
                    theirs, difference = {}, None
                    for peer in (peer for peer in peers if linkage in CAN.get(peer, (linkage,))):
                        theirs[peer] = run_peer(options, peer, linkage, file, peer_heights)[0]
                        difference = difference or largest_difference(ours_heights, peer_heights)
                    cells = []
                    for peer in peers:
                        cells += [f"{theirs[peer]:.2f}", f"{theirs[peer] / mine:.1f}"] if peer in theirs else ["–", "–"]
                    shown = "–" if difference is None else f"{difference:.0e}"
                    print(f"| {count} | {linkage} | {mine:.3f} | {memory:.0f} | " + " | ".join(cells) + f" | {shown} |", flush=True)


if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1] == "--child":
        child(sys.argv[2], sys.argv[3], sys.argv[4], int(sys.argv[5]), sys.argv[6], int(sys.argv[7]))
    else:
        main()
