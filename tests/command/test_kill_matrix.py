#!/usr/bin/env python3
"""Kills by input, as NumPy reads them, beside the report of the same run.

    test_kill_matrix.py DEEPMAACC
"""
import json
import pathlib
import subprocess
import sys

try:
    import numpy as np
except ImportError:
    print(f"skipped: {sys.executable} has no NumPy; cmake/install-dependencies.sh --with tests installs it")
    sys.exit(77)
from command_test import CNN, IMAGES, MLP, USAGE, CommandTest, analyze_arguments, main

FIXTURES = pathlib.Path(__file__).resolve().parents[1] / "fixtures"
EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "examples" / "kill_matrix.py"


class KillMatrix(CommandTest):
    def matrix(self, model, *options, **data):
        path, report = self.folder / "kills.npz", self.folder / "report.json"
        self.succeed(*analyze_arguments(model, "--kill-matrix", path, "--json", report, "--per-mutant", *options, **data))
        self.assertEqual(sorted(one.name for one in self.folder.iterdir()), ["kills.npz", "report.json"])
        return np.load(path), json.loads(report.read_text())

    def bits(self, run, name="kills"):
        inputs = int(run["inputs"])
        self.assertEqual(run[name].shape, (len(run["weight"]), (inputs + 7) // 8))
        self.assertFalse(np.unpackbits(run[name], axis=1)[:, inputs:].any())
        return np.unpackbits(run[name], axis=1, count=inputs).astype(bool)

    def test_cells_follow_from_the_inputs(self):
        for model in (CNN, MLP):
            run, report = self.matrix(model, "--kill-rule", "true-class", "--kill-rule", "any-flip", "--limit-inputs", 333)
            self.assertEqual((str(run["format"]), str(run["outcome"]), str(run["oracle"])), ("deepmaacc.kill_matrix/1", "arg-max", "labels"))
            self.assertEqual(int(run["inputs"]), 333)
            is_right = run["prediction"] == run["label"]
            self.assertEqual(is_right.sum(), report["tests"]["correct"])
            kills = self.bits(run) & is_right
            mutants = report["runs"][0]["mutant_list"]
            self.assertEqual(len(mutants), len(kills))
            self.assertAlmostEqual(report["runs"][0]["average_error_rate"], kills.sum(axis=1).mean() / is_right.sum(), places=12)
            for i, one in enumerate(mutants):
                self.assertEqual((str(run["layer"][i]), [int(run["neuron"][i])], str(run["operator"][i]).split("(")[0], run["weight"][i]),
                                 (one["layer"], one["neurons"], one["operator"], one["weight"]))
                self.assertEqual(str(run["neurons"][i]), str(run["neuron"][i]))
                self.assertEqual(sorted(set(run["label"][kills[i]].tolist())), one["killed"]["true-class"])
                self.assertEqual(bool(kills[i].any()), bool(one["killed"]["any-flip"]))

    def test_engines_and_skips_agree(self):
        options = [["--engine", name] for name in ("whole", "resumable", "batched")] + [["--skip", "all"], ["--skip", "none"]]
        first, *others = ([self.bits(run) for run, _ in [self.matrix(CNN, *one)]][0] for one in options)
        self.assertTrue(first.any())
        for other in others:
            self.assertTrue((first == other).all())

    def test_clusters_name_all_their_neurons(self):
        run, report = self.matrix(MLP, "--method", "neuron-clustering")
        mutants = report["runs"][0]["mutant_list"]
        self.assertEqual([[int(n) for n in str(one).split()] for one in run["neurons"]], [one["neurons"] for one in mutants])
        self.assertEqual([int(one) for one in run["neuron"]], [one["neurons"][0] if len(one["neurons"]) == 1 else -1 for one in mutants])

    def test_labels_are_rows(self):
        file = FIXTURES / "outcome-labels.npz"
        run, report = self.matrix(FIXTURES / "outcome-labels.keras", "--outcome", "multi-label", images=f"{file}:inputs", labels=f"{file}:targets")
        self.assertEqual(run["label"].shape, (80, 5))
        with np.load(file) as given:
            self.assertTrue(((run["label"] >= 0) == (given["targets"] > 0)).all())
        self.assertEqual(int((run["label"] == run["prediction"]).sum()), report["tests"]["correct"])

    def test_the_example(self):
        self.matrix(MLP, "--kill-rule", "any-flip")
        said = subprocess.run([sys.executable, EXAMPLE, self.folder / "kills.npz"], capture_output=True, text=True, check=True).stdout
        score = json.loads((self.folder / "report.json").read_text())["runs"][0]["kill_rules"][0]["score"]
        self.assertIn(f"any-flip {score:.4f}, ", said)
        self.assertIn("inputs kill as many: ", said)

    def test_what_cannot_be_written_is_refused(self):
        def refused(words, *options):
            self.refused(USAGE, analyze_arguments(MLP, *options), words)

        refused("it cannot go to the standard output", "--kill-matrix", "-")
        refused("the file name is empty", "--kill-matrix", "")
        refused("is the file of the images", "--kill-matrix", IMAGES.rsplit(":", 1)[0])
        refused("cannot both go to", "--kill-matrix", self.folder / "x", "--json", self.folder / "x")
        several = ["--method", "mutant-clustering", "--threshold", "0.5,0.6", "--representative", "medoid"]
        for options in (["--compare", "--method", "random-sampling"], ["--repeat", "2", "--method", "random-sampling"], several):
            refused("one run is written", "--kill-matrix", self.folder / "x", *options)


if __name__ == "__main__":
    main()
