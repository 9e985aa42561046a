#!/usr/bin/env python3
"""Tests of the deepmaacc command, from outside: what it writes, and how it refuses. Of its methods: test_methods.py.

    tests/command/test_command.py build/release/bin/deepmaacc [unittest's options]
"""
import csv
import gzip
import json
import os
import pathlib
import struct
import zipfile

import command_test
from command_test import CNN, DATA, IMAGES, LABELS, MLP, UNUSABLE, USAGE, AnalysisTest, analyze_arguments, npy, npy_bytes, run

FIXTURES = pathlib.Path(__file__).resolve().parents[1] / "fixtures"
RULES = ("predicted-class", "true-class", "any-flip")

# The report's fields and their types; a list stands for a list of what it holds.
RUN = {
    "method": str, "setting": dict, "population": str, "layers": [str], "engine": str, "adapter_tier": str,
    "mutants": {"total": int, "executed": int},
    "average_error_rate": (float, type(None)),
    "kill_rules": [{"name": str, "killed": int, "possible": int, "score": float, "borderline": int}],
    "work": {"pairs": int, "skips": [str], "skipped_dead": int, "skipped_certified": int, "skipped_saturated": int, "operations": (float, type(None)),
             "layers_in_rows": [str]},
    "seconds": {"setup": float, "cluster": float, "evaluate": float},
}
MUTANT = {"layer": str, "neurons": [int], "operator": str, "operator_index": int, "weight": int,
          "killed": {rule: [int] for rule in RULES}, "borderline": {rule: [int] for rule in RULES}, "cluster": type(None)}
REPORT = {
    "schema": str, "deepmaacc": str,
    "model": {"file": str, "layers": [{"name": str, "kind": str, "neurons": int, "output_shape": [int]}], "neurons": int, "parameters": int},
    "tests": {"inputs": int, "decisions": int, "correct": int, "classes": int, "classes_never_correct": [int]},
    "outcome": str, "oracle": str, "near_ties": {"tolerance": float, "rounding_noise": (float, type(None))}, "precision": str,
    "operators": [{"name": str, "parameters": dict, "definition": str}],
    "threads": int, "execution_space": str, "seed": int,
    "runs": [RUN], "repeats": [dict], "comparison": [dict],
    "seconds": {"load": float, "golden": float, "total": float},
}


def idx(*extents, data):
    """An IDX file of bytes."""
    return bytes([0, 0, 8, len(extents)]) + struct.pack(f">{len(extents)}I", *extents) + data


class Reports(AnalysisTest):
    def test_json_has_the_fields_of_the_schema(self):
        rules = [argument for rule in RULES for argument in ("--kill-rule", rule)]
        report = self.report(CNN, "--per-mutant", "--limit-inputs", 100, "--operators", "cw=0.2,nai,neb,gf=0.3,0.5", "--threads", 2,
                             "--seed", 5, *rules)
        self.check_type(report, {**REPORT, "runs": [{**RUN, "clusters": [dict], "mutant_list": [MUTANT]}]}, "report")
        self.assertEqual(report["schema"], "deepmaacc.report/1")
        self.assertEqual(report["deepmaacc"], self.succeed("--version").splitlines()[0])
        self.assertEqual(report["seed"], 5)
        model = report["model"]
        self.assertEqual(model["file"], str(CNN))
        self.assertEqual([layer["neurons"] for layer in model["layers"] if layer["neurons"]], [8, 16, 32, 10])
        self.assertEqual((model["neurons"], model["parameters"]), (66, 80 + 1168 + 2080 + 330))
        self.assertEqual(model["layers"][0]["output_shape"], [8, 8, 1])
        self.assertEqual((report["tests"]["inputs"], report["tests"]["classes"]), (100, 10))
        self.assertGreater(report["tests"]["correct"], 85)
        self.assertEqual([one["name"] for one in report["operators"]], ["cw", "nai", "neb", "gf"])
        self.assertEqual([one["parameters"] for one in report["operators"]], [{"p": 0.2}, {}, {}, {"sigma": 0.3, "ratio": 0.5}])

        self.assertEqual((report["oracle"], report["precision"], report["repeats"], report["comparison"]), ("labels", "float32", [], []))
        one_run = report["runs"][0]
        self.assertEqual((one_run["setting"], one_run["clusters"]), ({}, []))
        self.assertEqual((one_run["method"], one_run["population"], one_run["engine"]), ("exhaustive", "all", "delta"))
        self.assertEqual(one_run["mutants"], {"total": 264, "executed": 264})
        self.assertEqual([rule["name"] for rule in one_run["kill_rules"]], list(RULES))
        mutants = one_run["mutant_list"]
        self.assertEqual(len(mutants), 264)
        self.assertEqual([one["operator_index"] for one in mutants[:5]], [0, 1, 2, 3, 0])
        self.assertEqual([one["neurons"] for one in mutants[:5]], [[0], [0], [0], [0], [1]])
        for rule in one_run["kill_rules"]:
            name = rule["name"]
            cells = 1 if name == "any-flip" else 10
            self.assertEqual(rule["killed"], sum(one["weight"] * len(one["killed"][name]) for one in mutants))
            self.assertEqual(rule["possible"], sum(one["weight"] * cells for one in mutants))
            self.assertEqual(rule["borderline"], sum(len(one["borderline"][name]) for one in mutants))
            self.assertAlmostEqual(rule["score"], rule["killed"] / rule["possible"], places=12)
            self.assertGreater(rule["killed"], 0)
            for one in mutants:
                for listed in (one["killed"][name], one["borderline"][name]):
                    self.assertEqual(listed, sorted(set(listed)))
                    self.assertTrue(all(0 <= cell < cells for cell in listed))
        for one in mutants:
            # Each rule asks the same inputs, so none can be killed under one and survive another.
            self.assertEqual(len({bool(one["killed"][name]) for name in RULES}), 1, one)
            self.assertEqual(one["operator"], report["operators"][one["operator_index"]]["name"])

    def test_without_per_mutant_there_is_no_list(self):
        report = self.report(MLP, "--limit-inputs", 20)
        self.check_type(report, REPORT, "report")
        self.assertEqual([rule["name"] for rule in report["runs"][0]["kill_rules"]], ["predicted-class"])

    def test_classes_without_a_correct_input_are_listed(self):
        zeros = self.file("zeros.npy", npy("<f4", "(2, 8, 8, 1)", bytes(512)))
        by_label = {}
        for label in range(10):  # the same image twice: only its predicted class is ever right
            labels = self.file("labels.npy", npy_bytes(label, label))
            done = run(*analyze_arguments(MLP, "--json", "-", images=zeros, labels=labels))
            by_label[label] = json.loads(done.stdout)["tests"]["classes_never_correct"] if done.returncode == 0 else done
        right = [label for label, found in by_label.items() if isinstance(found, list)]
        self.assertEqual(len(right), 1)
        self.assertEqual(by_label[right[0]], [c for c in range(10) if c != right[0]])
        wrong = by_label[(right[0] + 1) % 10]
        self.assertEqual((wrong.returncode, wrong.stdout), (UNUSABLE, ""))
        self.assertIn("predicts none of the inputs correctly", wrong.stderr)

    def test_csv_says_what_json_says(self):
        rules = ["--kill-rule", "true-class", "--kill-rule", "any-flip"]
        options = ["--limit-inputs", 60, "--operators", "cw,gf=0.3,0.5", *rules, "--quiet"]
        for per_mutant in ([], ["--per-mutant"]):
            json_file, csv_file = self.folder / "report.json", self.folder / "report.csv"
            self.succeed(*analyze_arguments(MLP, "--json", json_file, "--csv", csv_file, *options, *per_mutant))
            report = json.loads(json_file.read_text(encoding="utf-8"))
            one_run = report["runs"][0]
            with open(csv_file, newline="", encoding="utf-8") as stream:
                rows = list(csv.DictReader(stream))
            if not per_mutant:
                self.assertEqual(list(rows[0]), ["model", "method", "population", "engine", "mutants_total", "mutants_executed", "kill_rule",
                                                 "killed", "possible", "score", "borderline", "seconds_golden", "seconds_evaluate", "setting",
                                                 "repeat", "average_error_rate", "layers"])
                self.assertEqual(len(rows), 2)
                for row, rule in zip(rows, one_run["kill_rules"]):
                    self.assertEqual((row["model"], row["method"], row["population"], row["engine"]), (str(MLP), "exhaustive", "all", "delta"))
                    self.assertEqual((row["mutants_total"], row["mutants_executed"]), ("160", "160"))
                    self.assertEqual([row["kill_rule"], int(row["killed"]), int(row["possible"]), float(row["score"]), int(row["borderline"])],
                                     list(rule.values()))
                    self.assertEqual(float(row["seconds_evaluate"]), one_run["seconds"]["evaluate"])
                    self.assertEqual(float(row["seconds_golden"]), report["seconds"]["golden"])
                    self.assertEqual((row["setting"], row["repeat"]), ("", ""))
                    self.assertEqual(row["layers"].split(","), one_run["layers"])
                    self.assertEqual(row["average_error_rate"] and float(row["average_error_rate"]), one_run["average_error_rate"] or "")
                continue
            self.assertEqual(list(rows[0]), ["model", "method", "layer", "neurons", "operator", "weight", "kill_rule", "killed", "borderline", "setting",
                                             "repeat", "cluster"])
            self.assertEqual({(row["setting"], row["repeat"], row["cluster"]) for row in rows}, {("", "", "")})
            self.assertEqual({row["operator"] for row in rows}, {"cw(0.1)", "gf(0.3, 0.5)"})
            listed = [(one["layer"], one["neurons"], one["operator"], one["weight"], rule, one["killed"][rule], one["borderline"][rule])
                      for rule in ("true-class", "any-flip") for one in one_run["mutant_list"]]
            numbers = lambda text: [int(number) for number in text.split()]
            self.assertEqual([(row["layer"], numbers(row["neurons"]), row["operator"].split("(")[0], int(row["weight"]), row["kill_rule"],
                               numbers(row["killed"]), numbers(row["borderline"])) for row in rows], listed)

    def test_csv_quotes_file_names(self):
        name = 'a "model", twice.keras'
        (self.folder / name).write_bytes(MLP.read_bytes())
        text = self.succeed(*analyze_arguments(name, "--csv", "-", "--limit-inputs", 10), cwd=self.folder)
        self.assertEqual(list(csv.DictReader(text.splitlines()))[0]["model"], name)

    def test_a_report_on_the_standard_output_is_alone_there(self):
        small = ["--limit-inputs", 10]
        for quiet in ([], ["--quiet"]):
            json.loads(self.succeed(*analyze_arguments(MLP, "--json", "-", *small, *quiet)))
            rows = self.succeed(*analyze_arguments(MLP, "--csv", "-", *small, *quiet)).splitlines()
            self.assertEqual((len(rows), rows[0].split(",")[0]), (2, "model"))

    def test_file_names_that_are_no_utf_8_leave_json_valid(self):
        model = pathlib.Path(os.fsdecode(os.fsencode(self.folder) + b"/\xff.keras"))
        model.write_bytes(MLP.read_bytes())
        text = self.succeed(*analyze_arguments(model, "--limit-inputs", 10, "--json", "-"), text=False).decode("utf-8")
        self.assertTrue(json.loads(text)["model"]["file"].endswith("\ufffd.keras"))

    def test_files_replace_older_ones_and_leave_nothing_behind(self):
        json_file = self.file("report.json", b"older")
        self.succeed(*analyze_arguments(MLP, "--json", json_file, "--csv", self.folder / "report.csv", "--limit-inputs", 10, "--quiet"))
        json.loads(json_file.read_text(encoding="utf-8"))
        self.assertEqual(sorted(os.listdir(self.folder)), ["report.csv", "report.json"])

    def test_a_pipe_is_written_to_and_stays_a_pipe(self):
        pipe = self.folder / "pipe"
        os.mkfifo(pipe)
        reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        self.addCleanup(os.close, reader)
        self.succeed(*analyze_arguments(MLP, "--json", pipe, "--limit-inputs", 10, "--quiet"))
        self.assertTrue(pipe.is_fifo())
        json.loads(os.read(reader, 65536))
        self.assertEqual(os.listdir(self.folder), ["pipe"])

    def test_quiet_prints_nothing(self):
        self.assertEqual(self.succeed(*analyze_arguments(MLP, "--quiet", "--limit-inputs", 10)), "")

    def test_the_summary_tells_the_same_numbers(self):
        options = ["--limit-inputs", 60, "--kill-rule", "true-class", "--kill-rule", "any-flip"]
        text = self.succeed(*analyze_arguments(CNN, *options))
        report = self.report(CNN, *options)
        self.assertIn("66 neurons, 3658 parameters", text)
        self.assertIn(f"60 test inputs, {report['tests']['correct']} predicted correctly", text)
        lines = [line.split() for line in text.splitlines()]
        for rule in report["runs"][0]["kill_rules"]:
            wanted = [rule["name"], f"{rule['score']:.4f}", str(rule["killed"]), str(rule["possible"]), str(rule["borderline"])]
            self.assertIn(wanted, lines)


class Runs(AnalysisTest):
    def test_engines_agree(self):
        for model in (CNN, MLP):
            found = {engine: self.report(model, "--per-mutant", "--engine", engine) for engine in ("whole", "resumable", "delta", "batched", "auto")}
            for engine, report in found.items():
                self.assertIn(report["runs"][0]["engine"], ("delta", "batched") if engine == "auto" else (engine,))
                self.assertEqual(report["runs"][0]["mutant_list"], found["whole"]["runs"][0]["mutant_list"])

    def test_skips_change_no_kill(self):
        found = {skips: self.report(MLP, "--per-mutant", "--kill-rule", "any-flip", "--skip", skips)["runs"][0]
                 for skips in ("none", "dead", "certified", "saturated", "dead,certified", "all")}
        for skips, run in found.items():
            self.assertEqual(run["mutant_list"], found["none"]["mutant_list"])
            names = {"none": [], "all": ["dead", "certified", "saturated"]}.get(skips, skips.split(","))
            self.assertEqual(run["work"]["skips"], names)
            for name in ("dead", "certified", "saturated"):
                self.assertEqual(run["work"]["skipped_" + name] > 0, name in names)
        self.assertGreater(found["none"]["average_error_rate"], 0)
        self.assertEqual(found["dead,certified"]["average_error_rate"], found["none"]["average_error_rate"])
        self.assertIsNone(found["all"]["average_error_rate"])
        self.assertLess(found["all"]["work"]["operations"], found["none"]["work"]["operations"])
        self.assertEqual(self.report(MLP, "--engine", "whole")["runs"][0]["work"]["skips"], [])
        self.refused_analysis(USAGE, ["--engine", "batched", "--skip", "dead"], "--skip", "only engine delta", "batched")
        self.refused_analysis(USAGE, ["--skip", "xyz"], "--skip", "'xyz'", "dead", "certified", "saturated")

    def test_thread_counts_agree(self):
        options = ["--operators", "cw,nai,neb,gf", "--seed", 3]
        one = self.mutants(CNN, "--threads", 1, *options)
        for threads in (2, 3):
            report = self.report(CNN, "--per-mutant", "--threads", threads, *options)
            if report["execution_space"] != "Serial":
                self.assertEqual(report["threads"], threads)
            self.assertEqual(report["runs"][0]["mutant_list"], one)

    def test_random_operators_follow_the_seed(self):
        options = ["--operators", "gf=0.5", "--limit-inputs", 200]
        first = self.mutants(MLP, "--seed", 1, *options)
        self.assertEqual(self.mutants(MLP, "--seed", 1, *options), first)
        self.assertNotEqual(self.mutants(MLP, "--seed", 2, *options), first)
        self.assertEqual(self.mutants(MLP, *options), self.mutants(MLP, "--seed", 0, *options))
        self.assertNotEqual(self.mutants(MLP, "--seed", 1, "--operators", "gf=0.5,0.5", "--limit-inputs", 200), first)

    def test_operators_take_their_numbers(self):
        strong = self.report(MLP, "--operators", "cw=5", "--limit-inputs", 100)
        weak = self.report(MLP, "--operators", "cw", "--limit-inputs", 100)
        self.assertEqual(weak["operators"][0]["parameters"], {"p": 0.1})
        self.assertGreater(strong["runs"][0]["kill_rules"][0]["killed"], weak["runs"][0]["kill_rules"][0]["killed"])
        none = self.report(MLP, "--operators", "cw=0", "--limit-inputs", 100)["runs"][0]["kill_rules"][0]
        self.assertEqual((none["killed"], none["possible"]), (0, 800))
        twice = self.mutants(MLP, "--operators", "cw=1,cw=1.0000001", "--limit-inputs", 20)
        self.assertEqual([one["killed"] for one in twice[::2]], [one["killed"] for one in twice[1::2]])

    def test_hidden_leaves_the_output_layer_out(self):
        for model, total in ((CNN, 168), (MLP, 210)):
            everything = self.report(model, "--per-mutant", "--limit-inputs", 60)
            output = [layer["name"] for layer in everything["model"]["layers"] if layer["neurons"]][-1]
            hidden = self.report(model, "--per-mutant", "--limit-inputs", 60, "--layers", "hidden")["runs"][0]
            self.assertEqual(hidden["population"], "hidden")
            self.assertEqual(hidden["mutants"], {"total": total, "executed": total})
            self.assertEqual(hidden["mutant_list"], [one for one in everything["runs"][0]["mutant_list"] if one["layer"] != output])
            self.assertEqual(len(everything["runs"][0]["mutant_list"]), total + 30)

    def test_layers_are_selected_by_name_pattern_and_index(self):
        everything = self.report(CNN, "--per-mutant", "--limit-inputs", 60)
        names = ["conv2d", "conv2d_1", "dense", "dense_1"]
        self.assertEqual(everything["runs"][0]["layers"], names)
        # Order, repeats, spaces and words make no difference.
        for text, wanted in (("dense", "dense"), ("conv2d_1,dense*", "conv2d_1 dense dense_1"), ("dense*, conv2d_1 ,dense", "conv2d_1 dense dense_1"),
                             ("7,1", "conv2d dense_1"), ("*_1", "conv2d_1 dense_1"), ("d????", "dense"), ("3,dense", "conv2d_1 dense")):
            one_run = self.report(CNN, "--per-mutant", "--limit-inputs", 60, "--layers", text)["runs"][0]
            self.assertEqual((one_run["population"], one_run["layers"]), ("selected", wanted.split()), text)
            listed = [one for one in everything["runs"][0]["mutant_list"] if one["layer"] in wanted.split()]
            self.assertEqual(one_run["mutant_list"], listed, text)
            self.assertEqual(one_run["mutants"], {"total": len(listed), "executed": len(listed)}, text)
            summary = self.succeed(*analyze_arguments(CNN, "--limit-inputs", 60, "--layers", text))
            self.assertIn(f"\nexhaustive, layers {wanted.replace(' ', ', ')}: {len(listed)} mutants (", summary)
        # All layers are all of them, however they are listed, and so are the hidden ones.
        for text, wanted in (("*", "all"), ("1,3,5,7", "all"), ("all", "all"), ("dense_1,hidden", "all"), ("hidden", "hidden"),
                             ("dense,conv*", "hidden")):
            one_run = self.report(CNN, "--limit-inputs", 60, "--layers", text)["runs"][0]
            self.assertEqual((one_run["population"], one_run["layers"]), (wanted, names if wanted == "all" else names[:-1]), text)

    def test_an_exact_name_comes_before_what_it_looks_like(self):
        names = {"dense_2": "hidden", "dense_3": "2", "dense_4": "block/out"}
        model = self.folder / "renamed.keras"
        with zipfile.ZipFile(MLP) as source, zipfile.ZipFile(model, "w") as target:
            for name in source.namelist():
                content = source.read(name)
                if name == "config.json":
                    config = json.loads(content)
                    for layer in config["config"]["layers"]:
                        layer["config"]["name"] = names.get(layer["config"]["name"], layer["config"]["name"])
                    content = json.dumps(config)
                target.writestr(name, content)
        for text, wanted in (("hidden", ["hidden"]), ("2", ["2"]), ("3", ["2"]), ("block/*", ["block/out"]), ("?", ["2"]), ("*o*", ["block/out"])):
            one_run = self.report(model, "--limit-inputs", 60, "--layers", text)["runs"][0]
            self.assertEqual((one_run["population"], one_run["layers"]), ("selected", wanted), text)
        clustered = self.report(model, "--limit-inputs", 60, "--method", "neuron-clustering")["runs"][0]
        self.assertEqual((clustered["population"], clustered["layers"]), ("hidden", ["hidden", "2"]))

    def test_rules_can_be_combined(self):
        alone = {rule: self.mutants(MLP, "--kill-rule", rule, "--limit-inputs", 100) for rule in RULES}
        together = self.mutants(MLP, "--limit-inputs", 100, *[argument for rule in RULES for argument in ("--kill-rule", rule)])
        for i, one in enumerate(together):
            self.assertEqual(list(one["killed"]), list(RULES))
            for rule in RULES:
                self.assertEqual(one["killed"][rule], alone[rule][i]["killed"][rule])
        # What follows a rule's name is no further rule.
        arguments = analyze_arguments(MLP)
        self.succeed("analyze", *arguments[2:], "--kill-rule", "any-flip", MLP)

    def test_rules_take_their_numbers(self):
        rules = ["true-class", "top-k=1", "top-k", "top-k=10", "accuracy-drop", "accuracy-drop=0.05", "accuracy-drop=0"]
        names = ["true-class", "top-k=1", "top-k=3", "top-k=10", "accuracy-drop=0.01", "accuracy-drop=0.05", "accuracy-drop=0"]
        report = self.report(MLP, "--per-mutant", *[argument for rule in rules for argument in ("--kill-rule", rule)])
        self.assertEqual([rule["name"] for rule in report["runs"][0]["kill_rules"]], names)
        for one in report["runs"][0]["mutant_list"]:
            true_class, top_1, top_3, top_10, small, large, none = (one["killed"][name] for name in names)
            self.assertEqual(top_1, true_class)
            self.assertLessEqual(set(top_3), set(top_1))
            self.assertEqual(top_10, [])
            self.assertLessEqual(len(large), len(small))
            self.assertLessEqual(len(small), len(none))
        scores = {rule["name"]: rule for rule in report["runs"][0]["kill_rules"]}
        self.assertEqual([scores[name]["possible"] for name in names], [2400] * 4 + [240] * 3)
        for rule in names:
            self.assertEqual(scores[rule]["killed"] > 0, rule != "top-k=10", rule)

    def test_outcomes(self):
        def outcome(name, *options):
            file = FIXTURES / f"outcome-{name}.npz"
            return self.report(FIXTURES / f"outcome-{name}.keras", *options, images=f"{file}:inputs", labels=f"{file}:targets")

        def expected(name):
            return json.loads((FIXTURES / f"outcome-{name}.json").read_text())

        for name, *options in (("binary",), ("binary", "--outcome", "threshold"), ("regression", "--outcome", "within=0.25"),
                               ("bounded", "--outcome", "within=0.125"), ("labels", "--outcome", "multi-label"),
                               ("tagging", "--outcome", "per-position=0.75")):
            report, wanted = outcome(name, *options), expected(name)
            self.assertEqual((report["outcome"], report["tests"]["correct"]), (wanted["outcome"], wanted["correct"]))
            self.assertEqual(report["tests"]["decisions"], 400 if name == "labels" else 80)
            has_classes = name in ("binary", "labels")
            self.assertEqual([one["name"] for one in report["runs"][0]["kill_rules"]], ["predicted-class" if has_classes else "any-flip"])
            self.assertGreater(report["runs"][0]["kill_rules"][0]["killed"], 0)
        self.assertNotEqual(outcome("binary", "--outcome", "threshold=0.7")["tests"]["correct"], expected("binary")["correct"])
        self.assertEqual(outcome("tagging", "--outcome", "per-position", "--oracle", "predictions")["tests"]["correct"], 80)

        binary, regression = (FIXTURES / f"outcome-{name}" for name in ("binary", "regression"))
        arrays = {"images": f"{regression}.npz:inputs", "labels": f"{regression}.npz:targets"}
        refused = lambda options, *words, model="regression", **data: self.refused_analysis(
            UNUSABLE, options, *words, model=FIXTURES / f"outcome-{model}.keras", **{**arrays, **data})
        refused(["--outcome", "threshold"], "row 0 of the labels of shape (80, 2) is not one 1")
        refused(["--outcome", "threshold", "--oracle", "predictions"], "takes one output, but the model has 2", labels=None)
        refused(["--outcome", "per-position"], "axis of positions")
        refused(["--outcome", "within=1"], "2 target numbers per input, but outcome within=1 takes 1", model="binary", images=f"{binary}.npz:inputs")
        for options, word in ((["--outcome", "within"], "as in within=0.1"), (["--outcome", "within=0"], "above 0"),
                              (["--outcome", "threshhold"], "did you mean threshold?"), (["--outcome", "arg-max=1"], "takes no number"),
                              (["--outcome", "within=1", "--kill-rule", "true-class"], "kill rule true-class counts classes")):
            self.refused_analysis(USAGE, options, word, model=f"{regression}.keras", **arrays)
        self.refused_analysis(USAGE, ["--outcome", "threshold=1"], "above 0 and below 1", model=f"{binary}.keras", images=f"{binary}.npz:inputs",
                              labels=f"{binary}.npz:targets")

    def test_predictions_can_be_the_oracle(self):
        for labels in (None, LABELS):
            report = self.report(CNN, "--oracle", "predictions", "--kill-rule", "any-flip", "--limit-inputs", 300, labels=labels)
            self.assertEqual((report["oracle"], report["tests"]["correct"], report["tests"]["inputs"]), ("predictions", 300, 300))
            killed = report["runs"][0]["kill_rules"][0]["killed"]
        by_labels = self.report(CNN, "--kill-rule", "any-flip", "--limit-inputs", 300)["runs"][0]["kill_rules"][0]["killed"]
        self.assertGreaterEqual(killed, by_labels)  # more inputs can tell
        self.assertIn("taken for right", self.succeed(*analyze_arguments(CNN, "--oracle", "predictions", labels=None)))

    def test_the_error_rate_is_the_share_of_changed_predictions(self):
        # Of a single input: the share of the mutants that change it.
        run_of_one = self.report(MLP, "--oracle", "predictions", "--limit-inputs", 1, "--kill-rule", "any-flip", "--skip", "none")["runs"][0]
        self.assertAlmostEqual(run_of_one["average_error_rate"], run_of_one["kill_rules"][0]["score"], places=12)
        self.assertGreater(run_of_one["average_error_rate"], 0)

    def test_precisions_agree_but_for_borderline_cells(self):
        found = {}
        for precision in ("float32", "float64", "tf32"):
            report = self.report(CNN, "--per-mutant", "--precision", precision)
            self.assertEqual(report["precision"], precision)
            found[precision] = report["runs"][0]["mutant_list"]
        self.assertEqual(found["float32"], self.mutants(CNN))
        for a, b in zip(found["float32"], found["float64"]):
            differing = set(a["killed"]["predicted-class"]) ^ set(b["killed"]["predicted-class"])
            self.assertLessEqual(differing, set(a["borderline"]["predicted-class"]) | set(b["borderline"]["predicted-class"]))
        killed = {precision: sum(len(one["killed"]["predicted-class"]) for one in mutants) for precision, mutants in found.items()}
        self.assertAlmostEqual(killed["tf32"] / killed["float64"], 1, delta=0.05)

    def test_inputs_are_limited(self):
        for limit, used in ((1, 1), (60, 60), (500, 500), (10**6, 500)):
            self.assertEqual(self.report(MLP, "--limit-inputs", limit, "--operators", "nai")["tests"]["inputs"], used)
        # Fewer inputs never kill more.
        few, many = (self.mutants(MLP, "--limit-inputs", limit) for limit in (50, 100))
        for a, b in zip(few, many):
            self.assertLessEqual(set(a["killed"]["predicted-class"]), set(b["killed"]["predicted-class"]))

    def test_images_are_prepared(self):
        pixels = bytes(range(0, 6 * 6 * 2))
        raw = self.file("images.idx", idx(2, 6, 6, data=pixels))
        labels = self.folder / "labels.idx"
        # The same by hand: padded by one on every side, divided by 16.
        rows = [[pixels[i * 36 + y * 6 + x] / 16 if 0 <= y < 6 and 0 <= x < 6 else 0 for y in range(-1, 7) for x in range(-1, 7)]
                for i in range(2)]
        prepared = self.file("images.npy", npy("<f4", "(2, 8, 8, 1)", struct.pack("<128f", *rows[0], *rows[1])))
        packed = self.folder / "images.gz"
        packed.write_bytes(gzip.compress(raw.read_bytes()))
        for label in range(10):  # until the model is right once
            labels.write_bytes(idx(2, data=bytes([label, label])))
            if run(*analyze_arguments(CNN, "--quiet", images=prepared, labels=labels)).returncode == 0:
                break
        wanted = self.mutants(CNN, images=prepared, labels=labels)
        for images in (raw, packed):
            self.assertEqual(self.mutants(CNN, "--prepare", "pad=1,divide-by=16", images=images, labels=labels), wanted)
        # Steps run in their order; the zeros that are padded stay 0 where the division comes first, too.
        for steps in ("channels=1,pad=1,divide-by=16", "divide-by=16,pad=1", "pad=1,subtract-mean=3,subtract-mean=-3,divide-by=2,divide-by=8",
                      "pad=1,subtract-mean=0,divide-by=16", "pad=1,standardise=0/16", "channels=1,pad=0,pad=1,standardise=-0.0/1.6e1"):
            self.assertEqual(self.mutants(CNN, "--prepare", steps, images=raw, labels=labels), wanted, steps)
        done = run(*analyze_arguments(CNN, "--prepare", "deepmaacc", images=raw, labels=labels))
        self.assertIn("(10, 10, 3)", done.stderr)


class Texts(AnalysisTest):
    def test_help_and_version(self):
        version = self.succeed("--version").splitlines()
        for line, wanted in zip(version, (r"\d+\.\d+\.\d+", r"compiler .*\d+\.\d+.*", r"Kokkos \d+\.\d+\.\d+, host spaces \w+.*", r"BLAS \S.*",
                                          r"registers of (128|256|512) bits, (4|8|16) lanes of float32, (2|4|8) of float64")):
            self.assertRegex(line, f"^{wanted}$")
        self.assertEqual(len(version), 5)
        for arguments, words in ((["--help"], ["analyze", "inspect", "--version"]), (["analyze", "--help"], ["--kill-rule", "--images", "MODEL"]),
                                 (["inspect", "--help"], ["MODEL"]), (["-h"], ["analyze"])):
            text = self.succeed(*arguments)
            for word in words:
                self.assertIn(word, text)

    def test_inspect_lists_the_layers(self):
        lines = [line.split() for line in self.succeed("inspect", CNN).splitlines()]
        self.assertEqual(lines[0], ["index", "layer", "kind", "output", "shape", "neurons", "parameters"])
        table = {line[2]: line[3:] for line in lines[1:9]}
        self.assertEqual(len(lines), 12)
        self.assertEqual([line[0] for line in lines[1:9]], list("01234567"))
        self.assertEqual(table["Flatten"], ["(64)", "0", "0"])
        self.assertEqual(lines[2][1:], ["conv2d", "Conv2D", "(8,", "8,", "8)", "8", "80"])
        self.assertEqual(lines[4][2:], ["Conv2D", "(2,", "2,", "16)", "16", "1168"])
        self.assertEqual(lines[8][2:], ["Dense", "(10)", "10", "330", "output"])
        self.assertEqual(lines[9], "66 neurons, 3658 parameters, 10 classes".split())
        self.assertEqual(lines[10], "exhaustive analysis with cw, nai and neb: 198 mutants (all layers), 168 (hidden layers)".split())
        self.assertEqual(lines[11], "--layers takes these names and indices, and patterns with * and ?, separated by commas".split())

    def test_inspect_counts_the_mutants_of_a_selection(self):
        for text, phrase in (("*_1", "78 mutants (layers conv2d_1, dense_1)"), ("7,3", "78 mutants (layers conv2d_1, dense_1)"),
                             ("hidden", "168 mutants (hidden layers)"), ("*", "198 mutants (all layers)")):
            lines = self.succeed("inspect", CNN, "--layers", text).splitlines()
            self.assertEqual(lines[11], f"with --layers {text}: {phrase}")
            one_run = self.report(CNN, "--limit-inputs", 10, "--layers", text)["runs"][0]
            self.assertEqual(one_run["mutants"]["total"], int(phrase.split()[0]))
            self.assertEqual([line.split()[1] for line in lines[1:9] if line.endswith("selected")], one_run["layers"])
        self.assertTrue(lines[8].endswith("output, selected"))


class Refusals(AnalysisTest):
    def test_models(self):
        none = self.folder / "none.keras"
        text = self.file("text.keras", b"text")
        two_inputs = pathlib.Path(__file__).resolve().parents[1] / "fixtures" / "refused" / "two-inputs.keras"
        unknown = two_inputs.with_name("unknown-class.keras")
        for model, words in ((none, ["there is no such file"]), (self.folder, ["this is a folder"]), (text, ["no Keras model"]),
                             (two_inputs, ["the model has 2 inputs"]), (unknown, ["layer norm (GroupNormalization)", "supported: Activation, ActivityRegularization"])):
            self.refused_analysis(UNUSABLE, [], model, *words, model=model)
            self.refused(UNUSABLE, ["inspect", model], model, *words)

    def test_data(self):
        none = self.folder / "none.npz"
        self.refused_analysis(UNUSABLE, [], none, "there is no such file", images=f"{none}:images")
        self.refused_analysis(UNUSABLE, [], none, "there is no such file", labels=none)
        npz = DATA / "digits-test.npz"
        self.refused_analysis(UNUSABLE, [], npz, "images, labels", "say which array", images=npz)
        self.refused_analysis(UNUSABLE, [], npz, "'pictures'", "images, labels", images=f"{npz}:pictures")
        text = self.file("text", b"text")
        self.refused_analysis(UNUSABLE, [], text, "the format is not known", images=text)
        labels = self.file("labels.npy", npy_bytes(1, 2, 3))
        self.refused_analysis(UNUSABLE, [], IMAGES, labels, "500 images", "3 labels", labels=labels)
        negative = self.file("negative.npy", npy("|i1", "(2,)", b"\x01\xff"))
        self.refused_analysis(UNUSABLE, [], negative, "-1 is no class", labels=negative)
        cut = self.file("cut.idx", idx(2, 8, 8, data=bytes(100)))
        self.refused_analysis(UNUSABLE, [], cut, "(2, 8, 8)", "100 bytes", images=cut)

    def test_data_that_do_not_fit_the_model(self):
        images = self.file("images.idx", idx(2, 28, 28, data=bytes(2 * 28 * 28)))
        labels = self.file("labels.idx", idx(2, data=b"\x00\x01"))
        self.refused_analysis(UNUSABLE, [], "(28, 28)", "(8, 8, 1)", images=images, labels=labels)
        self.refused_analysis(UNUSABLE, ["--prepare", "deepmaacc"], "(32, 32, 3)", "(8, 8, 1)", images=images, labels=labels)
        fitting = self.file("fitting.idx", idx(2, 8, 8, data=bytes(2 * 64)))
        beyond = self.file("beyond.idx", idx(2, data=b"\x00\x0a"))
        self.refused_analysis(UNUSABLE, [], "label 10", "classes 0 to 9", images=fitting, labels=beyond)
        self.refused_analysis(UNUSABLE, ["--prepare", "divide-by=2,channels=4"], "rgb.npy: step 2", "channels=4", "(2, 2, 2, 3)", "repeated to 4",
                              images=self.file("rgb.npy", npy("|u1", "(2, 2, 2, 3)", bytes(24))), labels=labels)
        empty = self.file("empty.idx", idx(0, 8, 8, data=b"")), self.file("no-labels.idx", idx(0, data=b""))
        self.refused_analysis(UNUSABLE, [], "empty", images=empty[0], labels=empty[1])

    def test_names(self):
        for option, name, valid in (("--operators", "xyz", ["cw", "nai", "neb", "gf"]), ("--kill-rule", "xyz", [*RULES, "top-k[=K]", "accuracy-drop[=DROP]"]),
                                    ("--engine", "xyz", ["auto", "whole", "resumable", "delta", "batched"]), ("--layers", "xyz", ["all", "hidden"]),
                                    ("--prepare", "xyz", ["none", "deepmaacc", "channels=N", "standardise="]), ("--oracle", "xyz", ["labels", "predictions"]),
                                    ("--precision", "xyz", ["float32", "float64", "tf32"]),
                                    ("--method", "xyz", ["exhaustive", "neuron-clustering", "mutant-clustering", "random-sampling"])):
            self.refused_analysis(USAGE, [option, name], option, "'xyz'", *valid)
            self.refused_analysis(USAGE, [option, ""], option, "''", *valid)

    def test_layers(self):
        named = "take all, hidden, or layers with neurons by name, index or pattern: conv2d (1), conv2d_1 (3), dense (5), dense_1 (7)"
        for text, fault in (("dnese", "'dnese' matches no layer (did you mean dense?)"), ("hiden", "'hiden' matches no layer (did you mean hidden?)"),
                            ("dense,x*", "'x*' matches no layer;"), ("8", "'8' matches no layer;"), ("-1", "'-1' matches no layer;"),
                            ("flatten", "'flatten' matches no layer with neurons, only flatten (4)"),
                            ("0", "'0' matches no layer with neurons, only input_layer (0)"), ("dense,4", "'4' matches no layer with neurons, only flatten (4)"),
                            ("*pool*,conv2d", "'*pool*' matches no layer with neurons, only max_pooling2d (2)"), ("1-3", "'1-3' matches no layer;"),
                            ("Dense", "'Dense' matches no layer (did you mean dense?)")):
            self.refused_analysis(USAGE, ["--layers", text], f"deepmaacc: --layers: {fault}", named, model=CNN)
            self.refused(USAGE, ["inspect", CNN, "--layers", text], f"deepmaacc: --layers: {fault}", named)
        for text in ("", ",", "dense,", ",dense", "dense,,conv2d", " "):
            self.refused_analysis(USAGE, ["--layers", text], "--layers: '' is no layer; give names, patterns or indices of layers, all or hidden")
            # No file is read before.
            self.refused(USAGE, ["inspect", self.folder / "none", "--layers", text], "--layers: '' is no layer")

    def test_numbers(self):
        for operators, word in (("gf=-1", "gf"), ("cw=x", "'x'"), ("cw=", "--operators"), ("cw=0.1,0.2", "cw"), ("nai=1", "nai"), ("neb=1", "neb"),
                                ("gf=0.1,2", "gf"), ("gf=0.1,0.2,0.3", "gf"), ("cw=inf", "cw"), ("cw=nan", "cw"), ("gf=inf", "gf"),
                                ("cw=1e999", "'1e999'"), ("0.1", "--operators"), ("cw,,nai", "--operators"), ("cw=0.1x", "'0.1x'")):
            self.refused_analysis(USAGE, ["--operators", operators], word)
        for rule, word in (("top-k=0", "0"), ("top-k=x", "'x'"), ("top-k=-1", "'-1'"), ("top-k=1.5", "'1.5'"), ("top-k=", "''"),
                           ("accuracy-drop=1", "below 1"), ("accuracy-drop=-0.1", "-0.1"), ("accuracy-drop=nan", "nan"),
                           ("accuracy-drop=x", "'x'"), ("any-flip=1", "no number"), ("predicted-class=", "no number")):
            self.refused_analysis(USAGE, ["--kill-rule", rule], "--kill-rule", word)
        for option in ("--threads", "--seed"):
            for number in ("-1", "x", "1.5", ""):
                self.refused_analysis(USAGE, [option, number], option)
        for steps, word in (("channels=0", "1 channel or more"), ("channels=-1", "'-1'"), ("channels=x", "'x'"), ("channels=1.5", "'1.5'"),
                            ("channels=", "''"), ("channels=1,2", "'1,2'"), ("pad=-1", "'-1'"), ("pad", "pad needs a number"), ("pad=", "''"),
                            ("pad=1,xyz=2", "'xyz'"), ("pad=1,,pad=1", "''"), ("3", "'3'"), ("none,pad=1", "none"), ("deepmaacc=1", "no number"),
                            *((f"divide-by={number}", word) for number, word in (("0", "above 0"), ("-2", "above 0"), ("x", "'x'"),
                                                                                  ("nan", "above 0"), ("inf", "above 0"), ("1,2", "'1,2'"))),
                            ("subtract-mean=", "''"), ("subtract-mean=x", "'x'"), ("subtract-mean=1,nan", "'nan'"), ("subtract-mean=inf", "finite"),
                            ("standardise", "standardise=0.5/0.25"), ("standardise=1", "slash"), ("standardise=1/0", "above 0"),
                            ("standardise=1,2/1", "2 means"), ("standardise=1/1/1", "'1/1'"), ("standardise=/", "''"),
                            ("standardise=1/-1", "above 0"), ("standardise=inf/1", "finite")):
            self.refused_analysis(USAGE, ["--prepare", steps], "--prepare", word)
        for steps in ("divide-by=1e-300", "subtract-mean=1e+300"):  # which double can hold
            self.refused_analysis(USAGE, ["--prepare", steps], steps, "precision")
        for number in ("0", "513", "99999999", "99999999999"):
            self.refused_analysis(USAGE, ["--threads", number], "--threads")
        for number in (2**64, "1e30"):
            self.refused_analysis(USAGE, ["--seed", number], "--seed")
        for number in ("-1", "x", "0"):
            self.refused(USAGE, analyze_arguments(MLP, "--limit-inputs", number), "limit")
        self.refused_analysis(UNUSABLE, ["--prepare", f"pad={2**63 - 1}"], "cannot be padded")

    def test_options(self):
        self.refused(USAGE, ["analyze", MLP, "--images", IMAGES], "--labels")
        self.refused(USAGE, ["analyze", MLP, "--labels", LABELS], "--images")
        self.refused(USAGE, ["analyze", "--images", IMAGES, "--labels", LABELS], "MODEL")
        self.refused(USAGE, ["inspect"], "MODEL")
        self.refused(USAGE, ["inspect", MLP, CNN], CNN)
        self.refused_analysis(USAGE, ["--colour", "red"], "--colour")
        self.refused(USAGE, [*analyze_arguments(MLP), "--json"], "--json")
        self.refused(USAGE, analyze_arguments(MLP, "--seed", 1, "--seed", 2), "--seed")
        for rule in ("any-flip", "top-k"):
            self.refused_analysis(USAGE, ["--kill-rule", rule, "--kill-rule", "true-class", "--kill-rule", rule], "twice")
        self.refused_analysis(USAGE, ["--kill-rule", "top-k", "--kill-rule", "top-k=3"], "top-k=3 is there", "twice")
        self.refused(USAGE, [], "subcommand")
        self.refused(USAGE, ["analyse"], "analyse", "analyze, inspect")
        self.refused(USAGE, ["--colour"], "deepmaacc has no option --colour")
        self.refused(USAGE, ["--verison"], "deepmaacc has no option --verison (did you mean --version?)")

    def test_outputs_that_cannot_be_written(self):
        small = ["--limit-inputs", 10]
        occupied = self.file("file", b"")
        for place in (self.folder / "none" / "report.json", self.folder, occupied / "report.json"):
            for option in ("--json", "--csv"):
                self.refused(UNUSABLE, analyze_arguments(MLP, option, place, *small), place, "cannot be written")
        # Neither of two reports is written if one cannot be.
        self.refused(UNUSABLE, analyze_arguments(MLP, "--json", self.folder / "report.json", "--csv", self.folder / "none" / "x", *small),
                     "cannot be written")

    def test_standard_output_that_is_full(self):
        for arguments in (analyze_arguments(MLP, "--json", "-", "--limit-inputs", 10), analyze_arguments(MLP, "--limit-inputs", 10),
                          ["inspect", MLP]):
            self.refused_where_the_standard_output_is_full(*arguments)


if __name__ == "__main__":
    command_test.main()
