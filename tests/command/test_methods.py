#!/usr/bin/env python3
"""Tests of the methods of `deepmaacc analyze`, from outside: what they choose against its definition, scores against the mutants that
they list, repetitions and comparisons against both, and how options are refused.

    tests/command/test_methods.py build/release/bin/deepmaacc [unittest's options]
"""
import csv
import json
import math
import statistics

import command_test
from command_test import CNN, IMAGES, LABELS, MLP, USAGE, AnalysisTest, analyze_arguments

NEURONS, MUTANTS, SAMPLING = (["--method", name] for name in ("neuron-clustering", "mutant-clustering", "random-sampling"))
RULES = ("predicted-class", "true-class", "any-flip")
SEVERAL_RULES = [argument for rule in RULES for argument in ("--kill-rule", rule)]
SCALERS = ("none", "min-max", "standard")
EUCLIDEAN_RULES = ("ward", "centroid", "median")
METRICS = ("euclidean", "squared-euclidean", "cosine", "correlation", "manhattan", "chebyshev", "minkowski", "minkowski=1.5", "canberra",
           "braycurtis")
SUMMARY = {"name": str, "repeats": int, "mean": float, "deviation": float, "low": float, "high": float}
COMPARED_RULE = {
    "name": str, "exact": float, "score": float, "error_relative": float, "error_absolute": float,
    "random_sampling": {"samples": int, "stratified": bool, "mean": float, "deviation": float, "mean_absolute_error": float, "low": float,
                        "high": float, "standard_error": float},
    "stratified_sampling": {"samples": int, "stratified": bool, "mean": float, "deviation": float, "mean_absolute_error": float, "low": float,
                            "high": float, "standard_error": type(None)},
    "published": {"exact": float, "score": float, "error_relative": float},
}
COMPARED = {"run": int, "exhaustive_run": int, "method": str, "setting": dict, "population": str, "executed": int, "total": int,
            "speed_up": {"executed": float, "evaluation": type(None), "total": type(None)}, "kill_rules": [COMPARED_RULE]}


def key_of(one):
    return one["layer"], tuple(one["neurons"]), one["operator_index"]


def clusters_of(one_run):
    """Clusters as sets of neurons or mutants, by layer."""
    found = {}
    for cluster in one_run["clusters"]:
        members = cluster.get("neurons") or [(one["neuron"], one["operator_index"]) for one in cluster["mutants"]]
        found.setdefault(cluster["layer"], []).append(frozenset(members))
    return {layer: set(members) for layer, members in found.items()}


def scores_of(one_run):
    return [rule["score"] for rule in one_run["kill_rules"]]


class MethodTest(AnalysisTest):
    @classmethod
    def setUpClass(cls):
        cls.everything = {}

    def exhaustive(self, model):
        """What exhaustive finds: its report, and the kills of each mutant."""
        if model not in self.everything:
            report = self.report(model, "--per-mutant", *SEVERAL_RULES)
            self.everything[model] = report, {key_of(one): one for one in report["runs"][0]["mutant_list"]}
        return self.everything[model]

    def sizes(self, model, is_hidden=True):
        """Neurons of each layer that has some."""
        layers = {layer["name"]: layer["neurons"] for layer in self.exhaustive(model)[0]["model"]["layers"] if layer["neurons"]}
        return dict(list(layers.items())[:-1]) if is_hidden else layers

    def runs(self, model, *options):
        """The runs of a method, whose scores are those of the mutants that they list."""
        report = self.report(model, "--per-mutant", *SEVERAL_RULES, *options)
        for one_run in report["runs"]:
            self.assertEqual(one_run["mutants"]["executed"], len(one_run["mutant_list"]))
            for rule in one_run["kill_rules"]:
                name, cells = rule["name"], 1 if rule["name"] == "any-flip" else 10
                killed = sum(one["weight"] * len(one["killed"][name]) for one in one_run["mutant_list"])
                possible = sum(one["weight"] * cells for one in one_run["mutant_list"])
                self.assertAlmostEqual(rule["killed"], killed, delta=1e-9 * possible)
                self.assertAlmostEqual(rule["possible"], possible, delta=1e-9 * possible)
                self.assertAlmostEqual(rule["score"], killed / possible, places=12)
                self.assertEqual(rule["borderline"], sum(len(one["borderline"][name]) for one in one_run["mutant_list"]))
        return report["runs"]

    def check_kills_are_known(self, model, one_run):
        """Mutants of one neuron are killed as exhaustive says."""
        known = self.exhaustive(model)[1]
        for one in one_run["mutant_list"]:
            for field in ("killed", "borderline"):
                self.assertEqual(one[field], known[key_of(one)][field], key_of(one))

    def check_partition(self, one_run, wanted):
        """Every neuron or mutant of each layer is in one cluster."""
        found = {}
        for layer, clusters in clusters_of(one_run).items():
            members = sorted(member for cluster in clusters for member in cluster)
            found[layer] = members
        self.assertEqual(found, wanted)


class NeuronClustering(MethodTest):
    def test_clusters_are_mutated_together(self):
        for model in (CNN, MLP):
            sizes = self.sizes(model)
            found = self.runs(model, *NEURONS, "--neurons-per-cluster", "1,2,3,7,1000")
            self.assertEqual([one["setting"]["neurons_per_cluster"] for one in found], [1, 2, 3, 7, 1000])
            for one_run, size in zip(found, (1, 2, 3, 7, 1000)):
                self.assertEqual((one_run["population"], one_run["setting"]["use"]), ("hidden", "joint"))
                self.check_partition(one_run, {layer: list(range(count)) for layer, count in sizes.items()})
                self.assertEqual({layer: len(clusters) for layer, clusters in clusters_of(one_run).items()},
                                 {layer: math.ceil(count / size) for layer, count in sizes.items()})
                for i, one in enumerate(one_run["mutant_list"]):
                    cluster = one_run["clusters"][one["cluster"]]
                    self.assertEqual((one["cluster"], one["operator_index"], one["weight"]), (i // 3, i % 3, 1))
                    self.assertEqual((one["layer"], one["neurons"]), (cluster["layer"], cluster["neurons"]))
                    self.assertIsNone(cluster["representative"])
            # Clusters of one neuron are what exhaustive runs.
            self.check_kills_are_known(model, found[0])

    def test_one_neuron_can_stand_for_its_cluster(self):
        for representative in ("random", "medoid", "nearest"):
            one_run = self.runs(CNN, *NEURONS, "--use", "representative", "--representative", representative)[0]
            self.assertEqual((one_run["setting"]["use"], one_run["setting"]["representative"]), ("representative", representative))
            self.check_partition(one_run, {layer: list(range(count)) for layer, count in self.sizes(CNN).items()})
            self.check_kills_are_known(CNN, one_run)
            for one in one_run["mutant_list"]:
                cluster = one_run["clusters"][one["cluster"]]
                self.assertEqual(one["neurons"], [cluster["neurons"][cluster["representative"]]])
                self.assertEqual(one["weight"], len(cluster["neurons"]))
            self.assertEqual(one_run["kill_rules"][0]["possible"], 10 * one_run["mutants"]["total"])

    def test_every_policy(self):
        sizes = {layer: list(range(count)) for layer, count in self.sizes(CNN).items()}
        choices = [("metric", metric, ["--linkage", "average"]) for metric in METRICS]
        choices += [("linkage", rule, []) for rule in ("single", "complete", "average", "weighted", "flexible", "flexible=0.1", *EUCLIDEAN_RULES)]
        choices += [("scaler", scaler, []) for scaler in SCALERS]
        choices += [("features", features, []) for features in ("incoming-weights", "mutated-weights", "activation-profile", "activation-profile=7",
                                                                "outgoing-weights", "neuron-index", "neuron-index+activation-profile=3")]
        names = {"minkowski": "minkowski=2", "flexible": "flexible=-0.25", "activation-profile": "activation-profile=100"}
        for option, name, more in choices:
            one_run = self.runs(CNN, *NEURONS, f"--{option}", name, *more)[0]
            self.check_partition(one_run, sizes)
            self.assertEqual(one_run["setting"][option], names.get(name, name))

    def test_defaults_are_the_papers(self):
        options = ["--neurons-per-cluster", 3, "--use", "joint", "--metric", "euclidean", "--linkage", "ward", "--scaler", "min-max",
                   "--features", "incoming-weights", "--layers", "hidden"]
        written, default = (self.runs(CNN, *NEURONS, *more)[0] for more in (options, []))
        self.assertEqual(default["setting"], {"neurons_per_cluster": 3, "use": "joint", "features": "incoming-weights", "scaler": "min-max",
                                              "metric": "euclidean", "linkage": "ward"})
        for one_run in (written, default):
            del one_run["seconds"]
        self.assertEqual(written, default)

    def test_neurons_in_a_row_are_clustered_by_their_index(self):
        # On a line at 0, 1, 2, … complete linkage joins neighbours of an equal number of neurons: runs of numbers without a gap.
        one_run = self.runs(MLP, *NEURONS, "--features", "neuron-index", "--linkage", "complete", "--neurons-per-cluster", 4)[0]
        for clusters in clusters_of(one_run).values():
            for cluster in clusters:
                self.assertEqual(max(cluster) - min(cluster) + 1, len(cluster))

    def test_all_layers_can_be_clustered(self):
        one_run = self.runs(MLP, *NEURONS, "--layers", "all")[0]
        self.assertEqual((one_run["population"], one_run["mutants"]["total"]), ("all", 240))
        self.check_partition(one_run, {layer: list(range(count)) for layer, count in self.sizes(MLP, is_hidden=False).items()})


class MutantClustering(MethodTest):
    def all_mutants(self, model, is_hidden=True):
        return {layer: [(neuron, operator) for neuron in range(count) for operator in range(3)]
                for layer, count in self.sizes(model, is_hidden).items()}

    def test_one_mutant_is_run_for_its_cluster(self):
        thresholds = (0, 0.1, 0.6, 0.9, 0.99, 1)
        for mode in ("paper", "artifact"):
            found = self.runs(MLP, *MUTANTS, "--mode", mode, "--threshold", ",".join(map(str, thresholds)))
            self.assertEqual([(one["setting"]["threshold"], one["setting"]["mode"]) for one in found], [(t, mode) for t in thresholds])
            for one_run in found:
                self.check_partition(one_run, self.all_mutants(MLP))
                self.check_kills_are_known(MLP, one_run)
                self.assertEqual([one["cluster"] for one in one_run["mutant_list"]], list(range(len(one_run["clusters"]))))
                for one, cluster in zip(one_run["mutant_list"], one_run["clusters"]):
                    chosen = cluster["mutants"][cluster["representative"]]
                    self.assertEqual((one["layer"], one["neurons"], one["operator_index"]),
                                     (cluster["layer"], [chosen["neuron"]], chosen["operator_index"]))
                    self.assertEqual(one["weight"], len(cluster["mutants"]))
                self.assertEqual(one_run["kill_rules"][0]["possible"], 10 * one_run["mutants"]["total"])
            executed = [one["mutants"]["executed"] for one in found]
            self.assertEqual(executed, sorted(executed))
            self.assertEqual(executed[0], 2)  # threshold 0: a cluster per layer
            self.assertGreater(len(set(executed)), 3)

    def test_every_policy(self):
        linkages = ("single", "complete", "average", "weighted", "flexible", *EUCLIDEAN_RULES, "graph-average", "graph-approximate",
                    "graph-approximate=0.1")
        choices = [("metric", metric, ["--scaler", "min-max"]) for metric in METRICS if metric not in ("cosine", "correlation")]
        choices += [("metric", metric, ["--operators", "cw,gf,nai"]) for metric in ("cosine", "correlation")]  # no direction after neb
        choices += [("linkage", rule, []) for rule in linkages]
        choices += [("scaler", scaler, []) for scaler in SCALERS]
        choices += [("features", features, []) for features in ("incoming-weights", "mutated-weights", "activation-profile=5", "outgoing-weights",
                                                                "mutated-weights+neuron-index")]
        choices += [("representative", name, []) for name in ("random", "medoid", "nearest")]
        names = {"minkowski": "minkowski=2", "flexible": "flexible=-0.25", "graph-approximate": "graph-approximate=0.21"}
        for option, name, more in choices:
            one_run = self.runs(CNN, *MUTANTS, f"--{option}", name, *more)[0]
            self.check_partition(one_run, self.all_mutants(CNN))
            self.assertEqual(one_run["setting"][option], names.get(name, name))
        for rule in ("single", "complete", "average", "weighted", "flexible", "graph-average", "graph-approximate"):
            self.check_partition(self.runs(CNN, *MUTANTS, "--mode", "artifact", "--linkage", rule)[0], self.all_mutants(CNN))

    def test_defaults_are_the_papers(self):
        options = ["--threshold", 0.6, "--mode", "paper", "--metric", "euclidean", "--linkage", "average", "--scaler", "none",
                   "--features", "mutated-weights", "--layers", "hidden", "--representative", "random"]
        written, default = (self.runs(CNN, *MUTANTS, *more)[0] for more in (options, []))
        self.assertEqual(default["setting"], {"threshold": 0.6, "mode": "paper", "features": "mutated-weights", "scaler": "none",
                                              "metric": "euclidean", "linkage": "average", "representative": "random", "repeat": 0})
        for one_run in (written, default):
            del one_run["seconds"]
        self.assertEqual(written, default)

    def test_average_linkage_on_the_graph_of_all_pairs_is_the_same(self):
        for mode in ("paper", "artifact"):
            options = [*MUTANTS, "--mode", mode, "--threshold", "0.3,0.6,0.9", "--representative", "medoid"]
            for a, b in zip(self.runs(MLP, *options), self.runs(MLP, *options, "--linkage", "graph-average")):
                self.assertEqual(clusters_of(a), clusters_of(b))
                self.assertEqual(a["mutant_list"], b["mutant_list"])

    def test_modes_differ(self):
        paper, artifact = (self.runs(MLP, *MUTANTS, "--mode", mode)[0] for mode in ("paper", "artifact"))
        self.assertNotEqual(clusters_of(paper), clusters_of(artifact))

    def test_all_layers_can_be_clustered(self):
        self.check_partition(self.runs(CNN, *MUTANTS, "--layers", "all")[0], self.all_mutants(CNN, is_hidden=False))


class Selections(MethodTest):
    """Methods of some layers only."""

    def test_methods_choose_from_the_selected_layers(self):
        layers = ["conv2d_1", "dense_1"]
        sizes = {layer: count for layer, count in self.sizes(CNN, is_hidden=False).items() if layer in layers}
        neurons = self.runs(CNN, *NEURONS, "--layers", "*_1", "--neurons-per-cluster", 3)[0]
        self.check_partition(neurons, {layer: list(range(count)) for layer, count in sizes.items()})
        mutants = self.runs(CNN, *MUTANTS, "--layers", "7,conv2d_1")[0]
        self.check_partition(mutants, {layer: [(i, o) for i in range(count) for o in range(3)] for layer, count in sizes.items()})
        self.check_kills_are_known(CNN, mutants)
        sampled = self.runs(CNN, *SAMPLING, "--layers", "dense_1,conv2d_1", "--sample", "50%")[0]
        self.check_kills_are_known(CNN, sampled)
        for one_run in (neurons, mutants, sampled):
            self.assertEqual((one_run["population"], one_run["layers"], one_run["mutants"]["total"]), ("selected", layers, 78))
            self.assertEqual({one["layer"] for one in one_run["mutant_list"]}, set(layers))
        # Of each layer the clusters are the same, whichever others are there.
        for one_run, method in ((neurons, NEURONS), (mutants, MUTANTS)):
            alone = clusters_of(self.runs(CNN, *method, "--layers", "conv2d_1")[0])
            self.assertEqual(alone, {"conv2d_1": clusters_of(one_run)["conv2d_1"]})
        self.assertEqual([cluster for cluster in clusters_of(self.runs(CNN, *MUTANTS, "--mode", "artifact", "--layers", "5")[0]).items()],
                         [("dense", clusters_of(self.runs(CNN, *MUTANTS, "--mode", "artifact")[0])["dense"])])

    def test_comparisons_are_of_the_same_layers(self):
        report = self.report(CNN, *SEVERAL_RULES, *MUTANTS, "--layers", "conv*", "--compare")
        self.assertEqual([(one["method"], one["population"], one["layers"]) for one in report["runs"]],
                         [(method, "selected", ["conv2d", "conv2d_1"]) for method in ("mutant-clustering", "exhaustive")])
        self.assertEqual((report["comparison"][0]["population"], report["comparison"][0]["total"]), ("selected", 72))
        known = self.exhaustive(CNN)[1].values()
        for rule in report["comparison"][0]["kill_rules"]:
            cells = 1 if rule["name"] == "any-flip" else 10
            killed = sum(len(one["killed"][rule["name"]]) for one in known if one["layer"].startswith("conv"))
            self.assertAlmostEqual(rule["exact"], killed / (72 * cells), places=12)
            self.assertIsNone(rule["published"])
        # What selects the hidden layers is compared as the hidden layers are.
        listed, hidden = (self.report(CNN, *MUTANTS, "--layers", layers, "--compare")["comparison"] for layers in ("dense,conv*", "hidden"))
        self.assertEqual(listed, hidden)
        self.assertIsNotNone(listed[0]["kill_rules"][0]["published"])


class RandomSampling(MethodTest):
    def test_strata_get_their_share(self):
        for options, size in ((["--sample", 31], 31), (["--sample", "10%"], 24), ([], 12), (["--sample", "100%"], 240), (["--sample", 1], 1)):
            one_run = self.runs(MLP, *SAMPLING, *options)[0]
            self.assertEqual((one_run["population"], one_run["mutants"]), ("all", {"total": 240, "executed": size}))
            self.assertEqual(one_run["setting"]["strata"], "layer and operator")
            self.check_kills_are_known(MLP, one_run)
            strata = {(layer, operator): count for layer, count in self.sizes(MLP, is_hidden=False).items() for operator in range(3)}
            drawn = dict.fromkeys(strata, 0)
            for one in one_run["mutant_list"]:
                drawn[one["layer"], one["operator_index"]] += 1
            for stratum, count in strata.items():
                self.assertLess(abs(drawn[stratum] - size * count / 240), 1)
            for one in one_run["mutant_list"]:
                self.assertAlmostEqual(one["weight"], 240 / size, places=12)
        self.assertEqual(self.runs(MLP, *SAMPLING, "--sample", "10%")[0]["setting"]["share"], 0.1)
        self.assertEqual(self.runs(MLP, *SAMPLING, "--sample", 31)[0]["setting"]["count"], 31)

    def test_the_mean_of_samples_is_the_exhaustive_score(self):
        for model in (CNN, MLP):
            exact = self.exhaustive(model)[0]["runs"][0]["kill_rules"][0]["score"]
            for sample in (1, "1%", "5%", "20%"):
                summary = self.report(model, *SAMPLING, "--sample", sample, "--repeat", 400)["repeats"][0]["kill_rules"][0]
                self.assertLess(abs(summary["mean"] - exact), 3 * summary["deviation"] / math.sqrt(400), (model, sample, summary))

    def test_unstratified_mutants_weigh_the_same(self):
        one_run = self.runs(CNN, *SAMPLING, "--sample", 44, "--unstratified", "--layers", "hidden")[0]
        self.assertEqual((one_run["mutants"], one_run["setting"]["strata"]), ({"total": 168, "executed": 44}, "none"))
        self.check_kills_are_known(CNN, one_run)
        for one in one_run["mutant_list"]:
            self.assertAlmostEqual(one["weight"], 168 / 44, places=12)
        self.assertEqual(len({key_of(one) for one in one_run["mutant_list"]}), 44)

    def test_a_sample_of_all_is_exhaustive(self):
        one_run = self.runs(CNN, *SAMPLING, "--sample", "100%")[0]
        self.assertEqual(scores_of(one_run), scores_of(self.exhaustive(CNN)[0]["runs"][0]))
        self.assertTrue(all(type(one["weight"]) is int for one in one_run["mutant_list"]))


class Repeats(MethodTest):
    def test_random_choices_are_repeated(self):
        for method in (SAMPLING, MUTANTS, [*NEURONS, "--use", "representative"]):
            report = self.report(MLP, "--per-mutant", *SEVERAL_RULES, *method, "--repeat", 4, "--seed", 9)
            found = report["runs"]
            self.assertEqual([one["setting"]["repeat"] for one in found], [0, 1, 2, 3])
            self.assertEqual(len({json.dumps(one["mutant_list"]) for one in found}), 4)
            self.assertEqual([clusters_of(one) for one in found], [clusters_of(found[0])] * 4)
            self.assertEqual(len(report["repeats"]), 1)
            [repeats] = report["repeats"]
            self.assertEqual(list(repeats), ["method", "setting", "population", "runs", "kill_rules"])
            self.check_type(repeats["kill_rules"], [SUMMARY], "kill_rules")
            self.assertEqual((repeats["method"], repeats["population"], repeats["runs"]), (found[0]["method"], found[0]["population"], [0, 1, 2, 3]))
            self.assertEqual({**repeats["setting"], "repeat": 0}, found[0]["setting"])
            for rule, summary in enumerate(repeats["kill_rules"]):
                scores = [scores_of(one)[rule] for one in found]
                deviation = statistics.stdev(scores)
                half = 3.1824463052842629 * deviation / 2  # Student's t: 97.5 % at 3 degrees of freedom
                self.assertEqual((summary["name"], summary["repeats"]), (RULES[rule], 4))
                for name, wanted in (("mean", statistics.mean(scores)), ("deviation", deviation), ("low", statistics.mean(scores) - half),
                                     ("high", statistics.mean(scores) + half)):
                    self.assertAlmostEqual(summary[name], wanted, places=12)
            # One run is the first of several.
            alone = self.report(MLP, "--per-mutant", *SEVERAL_RULES, *method, "--seed", 9)
            self.assertEqual(alone["runs"][0]["mutant_list"], found[0]["mutant_list"])
            [summary, *_] = alone["repeats"][0]["kill_rules"]
            self.assertEqual((summary["repeats"], summary["deviation"], summary["low"], summary["high"]), (1, 0, None, None))
            other = self.report(MLP, "--per-mutant", *SEVERAL_RULES, *method, "--seed", 10)
            self.assertNotEqual(other["runs"][0]["mutant_list"], alone["runs"][0]["mutant_list"])

    def test_each_setting_is_repeated(self):
        report = self.report(CNN, *MUTANTS, "--threshold", "0.9,0.3", "--repeat", 3)
        self.assertEqual([(one["setting"]["threshold"], one["setting"]["repeat"]) for one in report["runs"]],
                         [(threshold, repeat) for threshold in (0.9, 0.3) for repeat in range(3)])
        self.assertEqual([(one["setting"]["threshold"], one["runs"]) for one in report["repeats"]], [(0.9, [0, 1, 2]), (0.3, [3, 4, 5])])

    def test_what_makes_no_random_choice_runs_once(self):
        for method in (["--method", "exhaustive"], NEURONS, [*NEURONS, "--use", "representative", "--representative", "medoid"],
                       [*MUTANTS, "--representative", "nearest"]):
            report = self.report(CNN, *method, "--repeat", 5)
            self.assertEqual((len(report["runs"]), report["repeats"]), (1, []))
            self.assertNotIn("repeat", report["runs"][0]["setting"])
            self.assertIn("--repeat 5 ran it once", self.succeed(*analyze_arguments(CNN, *method, "--repeat", 5)))
        self.assertNotIn("ran it once", self.succeed(*analyze_arguments(CNN, *SAMPLING, "--repeat", 5)))


class Comparisons(MethodTest):
    def test_methods_are_compared_with_exhaustive_and_with_samples(self):
        for method, runs in (([*NEURONS, "--neurons-per-cluster", "1,4"], 2), ([*MUTANTS, "--repeat", 3], 3)):
            report = self.report(CNN, *SEVERAL_RULES, *method, "--compare")
            found = report["runs"]
            self.assertEqual([(one["method"], one["population"]) for one in found[runs:]], [("exhaustive", "hidden"), ("exhaustive", "all")])
            self.assertEqual(scores_of(found[-1]), scores_of(self.exhaustive(CNN)[0]["runs"][0]))
            self.check_type(report["comparison"], [COMPARED], "comparison")
            self.assertEqual([(one["run"], one["exhaustive_run"]) for one in report["comparison"]], [(i, runs) for i in range(runs)])
            for compared in report["comparison"]:
                one_run = found[compared["run"]]
                for field in ("method", "setting", "population"):
                    self.assertEqual(compared[field], one_run[field])
                self.assertEqual((compared["executed"], compared["total"]), (one_run["mutants"]["executed"], 168))
                self.assertAlmostEqual(compared["speed_up"]["executed"], 1 - compared["executed"] / 168, places=12)
                for i, rule in enumerate(compared["kill_rules"]):
                    exact, score, published = (scores_of(one)[i] for one in (found[runs], one_run, found[-1]))
                    self.assertEqual((rule["name"], rule["exact"], rule["score"]), (RULES[i], exact, score))
                    self.assertAlmostEqual(rule["error_relative"], (exact - score) / exact, places=12)
                    self.assertAlmostEqual(rule["error_absolute"], abs(exact - score), places=12)
                    self.assertEqual((rule["published"]["exact"], rule["published"]["score"]), (published, score))
                    self.assertAlmostEqual(rule["published"]["error_relative"], (published - score) / published, places=12)
                    sampling = rule["random_sampling"]
                    self.assertEqual((sampling["samples"], sampling["stratified"]), (1000, False))
                    stratified = rule["stratified_sampling"]
                    self.assertEqual((stratified["samples"], stratified["stratified"]), (1000, True))
                    self.assertLess(stratified["mean_absolute_error"], sampling["mean_absolute_error"] + 1e-12)
                    self.assertLessEqual(sampling["low"], sampling["mean"] + 1e-12)
                    self.assertLessEqual(sampling["mean"], sampling["high"] + 1e-12)
                    self.assertLess(abs(sampling["mean"] - exact), 5 * sampling["deviation"] / math.sqrt(1000) + 1e-12)
                    self.assertAlmostEqual(sampling["deviation"], sampling["standard_error"], delta=0.15 * sampling["standard_error"] + 1e-12)

    def test_repeats_of_as_many_mutants_share_the_samples(self):
        report = self.report(CNN, *MUTANTS, "--repeat", 2, "--compare")
        first, second = (one["kill_rules"][0]["random_sampling"] for one in report["comparison"])
        self.assertEqual(first, second)
        self.assertEqual(second["samples"], 1000)
        alone = self.report(CNN, *MUTANTS, "--compare")["comparison"][0]["kill_rules"][0]["random_sampling"]
        self.assertEqual(first, alone)

    def test_only_clusterings_without_the_output_layer_have_a_published_comparison(self):
        for method in (SAMPLING, [*SAMPLING, "--layers", "hidden"], [*NEURONS, "--layers", "all"]):
            report = self.report(CNN, *method, "--compare")
            self.assertEqual([one["method"] for one in report["runs"]], [method[1], "exhaustive"])
            self.assertEqual({one["population"] for one in report["runs"]}, {"hidden" if "hidden" in method else "all"})
            self.assertIsNone(report["comparison"][0]["kill_rules"][0]["published"])

    def test_time_is_told_where_each_run_is_alone(self):
        options = [CNN, *NEURONS, "--neurons-per-cluster", "2,3", "--compare"]
        shared, alone = self.report(*options), self.report(*options, "--time-alone")
        self.assertEqual([one["seconds"]["evaluate"] is None for one in shared["runs"]], [False, True, True, True])
        for one in alone["runs"]:
            self.assertGreater(one["seconds"]["evaluate"], 0)
        for one in alone["comparison"]:
            seconds, exact = (alone["runs"][i]["seconds"] for i in (one["run"], one["exhaustive_run"]))
            self.assertAlmostEqual(one["speed_up"]["evaluation"], 1 - seconds["evaluate"] / exact["evaluate"], places=9)
            golden = alone["seconds"]["golden"]
            self.assertAlmostEqual(one["speed_up"]["total"], 1 - (golden + sum(seconds.values())) / (golden + sum(exact.values())), places=9)
        for report in (shared, alone):
            for one in report["runs"]:
                del one["seconds"], one["work"]
        self.assertEqual(shared["runs"], alone["runs"])


class Outputs(MethodTest):
    def without_times(self, text):
        report = json.loads(text)
        for one in (report, *report["runs"]):
            del one["seconds"]
        for one in report["runs"]:
            del one["work"]  # what saturated mutants leave out depends on the order of threads
        del report["threads"]
        for one in report["comparison"]:
            del one["speed_up"]["evaluation"], one["speed_up"]["total"]
        return json.dumps(report)

    def test_reports_are_the_same_whatever_runs_them(self):
        random = ["--repeat", 2, "--seed", 4, "--compare", "--per-mutant", *SEVERAL_RULES]
        for method in (["--method", "exhaustive", "--per-mutant"], [*NEURONS, "--neurons-per-cluster", "1,3", *random],
                       [*NEURONS, "--use", "representative", "--features", "activation-profile", *random], [*MUTANTS, "--threshold", "0.6,0.9", *random],
                       [*MUTANTS, "--linkage", "graph-approximate", *random], [*SAMPLING, "--operators", "gf,nai", *random]):
            texts = {self.without_times(self.succeed(*analyze_arguments(CNN, "--json", "-", "--threads", threads, *method, *more)))
                     for threads, more in ((1, []), (2, []), (2, []), (2, ["--time-alone"]))}
            self.assertEqual(len(texts), 1, method)

    def test_csv_tells_settings_repeats_and_clusters(self):
        options = [CNN, *MUTANTS, "--threshold", "0.3,0.6", "--repeat", 2, *SEVERAL_RULES, "--skip", "dead,certified"]
        report = self.report(*options, "--per-mutant")
        setting = "mode=paper;features=mutated-weights;scaler=none;metric=euclidean;linkage=average;representative=random"
        rows = list(csv.DictReader(self.succeed(*analyze_arguments(*options, "--csv", "-")).splitlines()))
        wanted = [(f"threshold={one['setting']['threshold']};{setting}", str(one["setting"]["repeat"]), rule["name"], rule["score"],
                   one["average_error_rate"]) for one in report["runs"] for rule in one["kill_rules"]]
        self.assertEqual([(row["setting"], row["repeat"], row["kill_rule"], float(row["score"]), float(row["average_error_rate"]))
                          for row in rows], wanted)
        self.assertEqual([bool(row["seconds_evaluate"]) for row in rows[::3]], [one["seconds"]["evaluate"] is not None for one in report["runs"]])
        rows = list(csv.DictReader(self.succeed(*analyze_arguments(*options, "--csv", "-", "--per-mutant")).splitlines()))
        wanted = [(str(one["setting"]["threshold"]), str(one["setting"]["repeat"]), rule, str(mutant["cluster"]), str(mutant["weight"]))
                  for one in report["runs"] for rule in RULES for mutant in one["mutant_list"]]
        self.assertEqual([(row["setting"].split(";")[0].split("=")[1], row["repeat"], row["kill_rule"], row["cluster"], row["weight"])
                          for row in rows], wanted)

    def test_summaries_have_a_line_per_run(self):
        options = [MLP, *NEURONS, "--neurons-per-cluster", "1,2,5", "--compare", *SEVERAL_RULES, "--kill-rule", "accuracy-drop"]
        text, report = self.succeed(*analyze_arguments(*options)), self.report(*options)
        lines = [line.split() for line in text.splitlines()]
        for i, one in enumerate(report["runs"][:3]):
            scores = [f"{score:.4f}" for score in scores_of(one)]
            share = f"{100 * one['mutants']['executed'] / 210:.1f}"
            start = [str(i), str(one["setting"]["neurons_per_cluster"]), str(one["mutants"]["executed"]), share, "%", *scores[:2]]
            self.assertIn(start, [line[:len(start)] for line in lines])
        for one in report["comparison"]:
            rule = one["kill_rules"][0]
            start = [str(one["setting"]["neurons_per_cluster"]), f"{100 * one['speed_up']['executed']:.1f}", "%", f"{rule['score']:.4f}"]
            self.assertIn(start, [line[:4] for line in lines])
        repeated = self.succeed(*analyze_arguments(CNN, *MUTANTS, "--threshold", "0.6,0.7", "--repeat", 30, "--compare", "--time-alone"))
        self.assertIn("… and 20 more", repeated)
        repeats = self.report(CNN, *MUTANTS, "--threshold", "0.6,0.7", "--repeat", 30)["repeats"]
        lines = [line.split() for line in repeated.splitlines()]
        for one in repeats:
            self.assertIn([str(one["setting"]["threshold"]), "30", *(f"{one['kill_rules'][0][name]:.4f}" for name in ("mean", "deviation", "low", "high"))], lines)
        single = self.succeed(*analyze_arguments(CNN, *MUTANTS, "--precision", "float64"))
        self.assertIn("threshold 0.6, mode paper", single)
        self.assertIn("float64", single)
        for shown in (text, repeated, single):
            for line in shown.splitlines()[1:]:
                self.assertLessEqual(len(line.split(" mutants (")[0]), 100, line)


class RoundTrip(MethodTest):
    """What a report prints can be given back to the option that it is of."""

    def options_of(self, report, one_run):
        layers = ",".join(one_run["layers"]) if one_run["population"] == "selected" else one_run["population"]
        options = ["--method", one_run["method"], "--layers", layers, "--engine", one_run["engine"], "--oracle", report["oracle"],
                   "--precision", report["precision"], "--skip", ",".join(one_run["work"]["skips"]) or "none"]
        for rule in one_run["kill_rules"]:
            options += ["--kill-rule", rule["name"]]
        for name, value in one_run["setting"].items():
            if name == "repeat":
                continue
            options += ["--" + name.replace("_", "-"), str(value)]
        return options

    def check(self, *options):
        first = self.report(CNN, *options, "--limit-inputs", 60)
        operators = [options[i:i + 2] for i, option in enumerate(options) if option == "--operators"]
        given = [*self.options_of(first, first["runs"][0]), *(argument for pair in operators for argument in pair)]
        second = self.report(CNN, *given, "--limit-inputs", 60)
        for report in (first, second):
            for one in [report, *report["runs"]]:
                del one["seconds"]
        self.assertEqual(second, first, given)
        return first

    def test_kill_rules_and_ways_to_run(self):
        rules = ["predicted-class", "true-class", "any-flip", "top-k", "top-k=10", "accuracy-drop", "accuracy-drop=0.0123456789"]
        for some in (rules[:4], rules[4:]):
            report = self.check(*(argument for rule in some for argument in ("--kill-rule", rule)))
            wanted = [{"top-k": "top-k=3", "accuracy-drop": "accuracy-drop=0.01"}.get(rule, rule) for rule in some]
            self.assertEqual([rule["name"] for rule in report["runs"][0]["kill_rules"]], wanted)
        for options in (["--engine", "whole"], ["--engine", "resumable"], ["--engine", "batched"], ["--skip", "none"], ["--skip", "dead"], ["--skip", "all"],
                        ["--oracle", "predictions"], ["--precision", "float64"], ["--precision", "tf32"], ["--layers", "hidden"], ["--layers", "dense*,1"]):
            self.check(*options)

    def test_operators_with_all_their_digits(self):
        given = "cw=0.1234567891,nai,neb,gf=0.3,0.5,cw=0.12345678912"
        arguments = [*analyze_arguments(MLP, "--per-mutant", "--csv", "-", "--limit-inputs", 10)]
        texts = list(dict.fromkeys(row["operator"] for row in csv.DictReader(self.succeed(*arguments, "--operators", given).splitlines())))
        self.assertEqual(texts, ["cw(0.1234567891)", "nai", "neb", "gf(0.3, 0.5)", "cw(0.12345678912)"])
        of = lambda operators: self.report(MLP, "--operators", operators, "--limit-inputs", 10)["operators"]
        self.assertEqual(of(", ".join(texts)), of(given))
        self.assertEqual(of(",".join(texts)), of(given))
        for wrong in ("cw(0.1", "cw(0.1)x", "cw(0.1,0.2)", "gf(0.1;0.2)", "nai(1)", "cw()"):
            self.refused_analysis(USAGE, ["--operators", wrong], "--operators")

    def test_methods_and_their_policies(self):
        self.check(*NEURONS)
        self.check(*NEURONS, "--use", "representative", "--neurons-per-cluster", 2)
        for mode in ("paper", "artifact"):
            self.check(*MUTANTS, "--mode", mode, "--threshold", 0.123456789)
        choices = [("metric", name) for name in (*METRICS, "minkowski=1.23456789")]
        choices += [("linkage", name) for name in ("single", "complete", "weighted", "flexible=0.123456789", "graph-average",
                                                   "graph-approximate=0.123456789", *EUCLIDEAN_RULES)]
        choices += [("scaler", name) for name in SCALERS]
        choices += [("features", name) for name in ("incoming-weights", "activation-profile=7+neuron-index", "outgoing-weights")]
        choices += [("representative", name) for name in ("random", "medoid", "nearest")]
        for option, name in choices:
            self.check(*MUTANTS, "--operators", "cw,gf,nai", f"--{option}", name) if option == "metric" else self.check(*MUTANTS, f"--{option}", name)


class Refusals(AnalysisTest):
    def test_names_that_are_nearly_right(self):
        for options, meant in ((["--method", "neuron-clusterings"], "neuron-clustering"), (["--operators", "cw,nia"], "nai"),
                               (["--kill-rule", "topk=3"], "top-k"), (["--kill-rule", "any-flop"], "any-flip"), (["--engine", "dleta"], "delta"),
                               (["--oracle", "label"], "labels"), (["--skip", "deat"], "dead"), (["--layers", "hiden"], "hidden"),
                               (["--prepare", "divideby=2"], "divide-by"), ([*MUTANTS, "--mode", "papers"], "paper"),
                               ([*NEURONS, "--use", "joined"], "joint"), ([*MUTANTS, "--representative", "medoids"], "medoid"),
                               ([*MUTANTS, "--features", "neuron-idnex"], "neuron-index"), ([*MUTANTS, "--linkage", "graph-averge"], "graph-average")):
            self.refused_analysis(USAGE, options, options[-2], f"(did you mean {meant}?)")
        # An option that is misspelt is more to the point than the one that is missing.
        self.refused(USAGE, ["analyze", MLP, "--image", IMAGES, "--labels", LABELS], "analyze has no option --image (did you mean --images?)")

    def test_options_of_other_methods(self):
        own = {"--neurons-per-cluster": (NEURONS, "2"), "--use": (NEURONS, "joint"), "--threshold": (MUTANTS, "0.5"), "--mode": (MUTANTS, "paper"),
               "--sample": (SAMPLING, "5")}
        clusterings = {"--representative": "medoid", "--metric": "cosine", "--linkage": "average", "--scaler": "none",
                       "--features": "neuron-index"}
        for option, (owner, value) in own.items():
            for method in ([], ["--method", "exhaustive"], NEURONS, MUTANTS, SAMPLING):
                if method != owner:
                    self.refused_analysis(USAGE, [*method, option, value], f"{option} is an option of {owner[1]}", (method or ["", "exhaustive"])[1])
        for option, value in clusterings.items():
            for method in ([], SAMPLING):
                self.refused_analysis(USAGE, [*method, option, value], option, "neuron-clustering and mutant-clustering")
        for method in ([], NEURONS, MUTANTS):
            self.refused_analysis(USAGE, [*method, "--unstratified"], "--unstratified", "random-sampling")
        self.refused_analysis(USAGE, [*NEURONS, "--representative", "medoid"], "--representative", "--use representative")
        self.refused_analysis(USAGE, ["--compare"], "--compare", "another --method")
        # Nothing is read before.
        none = self.folder / "none"
        self.refused(USAGE, analyze_arguments(none, *NEURONS, "--threshold", "0.5", images=none, labels=none), "--threshold")

    def test_names(self):
        for method, option, valid in ((NEURONS, "--use", ["joint", "representative"]), (MUTANTS, "--mode", ["paper", "artifact"]),
                                      (MUTANTS, "--representative", ["random", "medoid", "nearest"]),
                                      (NEURONS, "--metric", ["euclidean", "braycurtis"]), (NEURONS, "--linkage", ["ward", "flexible[=BETA]"]),
                                      (MUTANTS, "--linkage", ["average", "graph-approximate[=EPSILON]"]), (MUTANTS, "--scaler", SCALERS),
                                      (MUTANTS, "--features", ["incoming-weights", "neuron-index"]), (SAMPLING, "--layers", ["all", "hidden"])):
            for name in ("xyz", ""):
                more = ["--use", "representative"] if option == "--representative" and method == NEURONS else []
                self.refused_analysis(USAGE, [*method, *more, option, name], option, f"'{name}'", *valid)
        self.refused_analysis(USAGE, [*NEURONS, "--metric", "precomputed"], "--metric", "'precomputed'")
        self.refused_analysis(USAGE, [*NEURONS, "--linkage", "graph-average"], "--linkage", "'graph-average'")
        self.refused_analysis(USAGE, [*MUTANTS, "--features", "neuron-index+xyz"], "'xyz'")
        self.refused_analysis(USAGE, [*MUTANTS, "--features", "neuron-index+"], "''")

    def test_numbers(self):
        cases = [(NEURONS, "--neurons-per-cluster", ["0", "-1", "1.5", "x", "", "1,0", "1,,2", "2,3,2", "1,"]),
                 (MUTANTS, "--threshold", ["-0.1", "1.1", "nan", "inf", "x", "", "0.5,2", "0.5,0.5", "0.5,"]),
                 (SAMPLING, "--sample", ["0", "-1", "1.5", "x", "", "%", "0%", "-5%", "101%", "nan%", "x%"]),
                 (SAMPLING, "--repeat", ["0", "-1", "x", "1.5", ""]),
                 (MUTANTS, "--linkage", ["graph-approximate=0", "graph-approximate=-1", "graph-approximate=nan", "graph-approximate=x",
                                         "graph-average=1", "average=1", "flexible=1"]),
                 (MUTANTS, "--metric", ["minkowski=0.5", "minkowski=x", "euclidean=2"]),
                 (MUTANTS, "--features", ["activation-profile=0", "activation-profile=x", "activation-profile=", "neuron-index=1"])]
        for method, option, values in cases:
            for value in values:
                self.refused_analysis(USAGE, [*method, option, value], option)

    def test_policies_that_do_not_fit(self):
        for rule in EUCLIDEAN_RULES:
            for method in (NEURONS, MUTANTS):
                self.refused_analysis(USAGE, [*method, "--metric", "cosine", "--linkage", rule], "--linkage", rule, "cosine")
            self.refused_analysis(USAGE, [*MUTANTS, "--mode", "artifact", "--linkage", rule], "--linkage", rule, "artifact")
        self.refused_analysis(USAGE, [*NEURONS, "--metric", "manhattan"], "ward", "manhattan")
        for options in ([*NEURONS, "--layers", "all"], [*MUTANTS, "--layers", "all"], [*MUTANTS, "--mode", "artifact"],
                        [*NEURONS, "--layers", "dense_4"], [*MUTANTS, "--layers", "dense_2,*_4"], [*MUTANTS, "--layers", "2", "--mode", "artifact"]):
            self.refused_analysis(USAGE, [*options, "--features", "neuron-index+outgoing-weights"], "--features", "output layer")

    def test_samples_that_the_model_is_too_small_for(self):
        for options in (["--sample", 241], ["--sample", 211, "--layers", "hidden"], ["--sample", "0.1%"]):
            self.refused_analysis(USAGE, [*SAMPLING, *options], "--sample", "ask for 1 to")

    def test_shares_are_per_cent(self):
        self.refused_analysis(USAGE, [*SAMPLING, "--sample", "0.1"], "--sample", "as in 10%")

    def test_an_operator_is_given_once(self):
        self.refused_analysis(USAGE, ["--operators", "cw,nai,cw=0.1"], "--operators", "cw is there twice")

    def test_labels_are_needed_where_they_are_the_oracle(self):
        for options in ([], ["--oracle", "labels"]):
            self.refused_analysis(USAGE, options, "--labels", "--oracle predictions", labels=None)


if __name__ == "__main__":
    command_test.main()
