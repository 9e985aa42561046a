"""Tests of what the environment does to the deepmaacc command."""
import json
import os
import re
import signal
import subprocess
import sys
import time
import unittest

import command_test
from command_test import MLP, USAGE, AnalysisTest, analyze_arguments, npy


def environment(**variables):
    """The environment without what Kokkos and OpenMP read, and with these variables."""
    kept = {name: value for name, value in os.environ.items() if not re.match("(KOKKOS|OMP|GOMP|KMP)_", name)}
    return {**kept, **variables}


def run(*arguments, **variables):
    return subprocess.run([command_test.COMMAND, *map(str, arguments)], capture_output=True, text=True, timeout=120, env=environment(**variables))


class EnvironmentTest(AnalysisTest):
    def points(self):
        return self.file("points.npy", npy("|u1", "(4, 2)", bytes([0, 0, 0, 1, 9, 9, 9, 8])))

    def commands(self):
        return (analyze_arguments(MLP, "--limit-inputs", 20, "--json", "-"), ["inspect", MLP],
                ["cluster", self.points(), "--clusters", 2, "--json", "-"])

    def is_openmp(self):
        return json.loads(run(*self.commands()[2]).stdout)["execution_space"] == "OpenMP"

    def refused_value(self, arguments, name, value, *words, **more):
        done = run(*arguments, **{name: value}, **more)
        self.assertEqual(done.returncode, USAGE, f"{name}={value}: {done.stderr}")
        self.assertEqual(done.stdout, "", name)
        # OpenMP's runtime has its own say before the program begins.
        said = [line for line in done.stderr.splitlines() if line.startswith("deepmaacc: ")]
        self.assertEqual(len(said), 1, done.stderr)
        for word in (f"{name}='{value}'", "allowed: ", *words):
            self.assertIn(word, said[0])

    def test_every_subcommand_refuses_values_by_which_kokkos_would_abort(self):
        for arguments in self.commands():
            self.refused_value(arguments, "KOKKOS_NUM_THREADS", "abc", "a whole number from 1 to 512")

    def test_each_variable_has_its_sentence(self):
        arguments = self.commands()[2]
        numbers = "a whole number from 1 to 512"
        for value in ("", "0", "-1", "2x", "1.5", "513", "99999999999999999999"):
            self.refused_value(arguments, "KOKKOS_NUM_THREADS", value, numbers)
        self.refused_value([*arguments, "--threads", 1], "KOKKOS_NUM_THREADS", "many", numbers)
        for value in ("gpu", "-1", "99999999999"):
            self.refused_value(arguments, "KOKKOS_DEVICE_ID", value, "a whole number from 0")
        for name in ("KOKKOS_DISABLE_WARNINGS", "KOKKOS_PRINT_CONFIGURATION", "KOKKOS_TUNE_INTERNALS"):
            for value in ("", "maybe", "2"):
                self.refused_value(arguments, name, value, "yes, true, 1, no, false, 0")
        self.refused_value(arguments, "KOKKOS_MAP_DEVICE_ID_BY", "chance", "mpi_rank, random")
        self.refused_value(arguments, "KOKKOS_PROFILE_LIBRARY", "a.so", "KOKKOS_TOOLS_LIBS", "b.so", KOKKOS_TOOLS_LIBS="b.so")
        for name in ("OMPI_COMM_WORLD_LOCAL_SIZE", "MV2_COMM_WORLD_LOCAL_SIZE", "MPI_LOCALNRANKS", "PMI_LOCAL_SIZE"):
            self.refused_value(arguments, name, "two", "a whole number from 1")
        for name in ("OMPI_COMM_WORLD_LOCAL_RANK", "MV2_COMM_WORLD_LOCAL_RANK", "MPI_LOCALRANKID", "SLURM_LOCALID", "PMI_LOCAL_RANK"):
            self.refused_value(arguments, name, "first", "a whole number from 0")

    def test_openmp_has_no_more_threads_than_kokkos_has_room_for(self):
        if not self.is_openmp():
            self.skipTest("built without OpenMP")
        for value in ("600", "100000", "abc", "0", "2,x"):
            self.refused_value(self.commands()[2], "OMP_NUM_THREADS", value, "a whole number from 1 to 512")
        for value in ("abc", "1B", "1000T", "1000000G"):
            self.refused_value(self.commands()[2], "OMP_STACKSIZE", value, "16K to 64G")

    def test_what_makes_sense_is_taken(self):
        arguments = self.commands()[2]
        for variables in ({"KOKKOS_NUM_THREADS": "2"}, {"KOKKOS_DEVICE_ID": "3"}, {"KOKKOS_DISABLE_WARNINGS": "No"},
                          {"KOKKOS_TUNE_INTERNALS": "FALSE"}, {"KOKKOS_MAP_DEVICE_ID_BY": "random"}, {"OMP_NUM_THREADS": "2, 1"},
                          {"OMP_NUM_THREADS": "1"}, {"OMP_STACKSIZE": " 2 M "}, {"OMP_STACKSIZE": "4096"}, {"OMP_PROC_BIND": "spread"},
                          {"OMP_PLACES": "cores"}, {"OMP_SCHEDULE": "static"}, {"OMP_DYNAMIC": "true"}, {"OMP_THREAD_LIMIT": "1"},
                          {"OMP_MAX_ACTIVE_LEVELS": "0"}, {"SLURM_LOCALID": "0", "OMPI_COMM_WORLD_LOCAL_SIZE": "2"}):
            done = run(*arguments, **variables)
            self.assertEqual(done.returncode, 0, f"{variables}: {done.stderr}")
            self.assertEqual(json.loads(done.stdout)["schema"], "deepmaacc.clusters/1", variables)

    def test_the_number_of_threads_is_the_variables_where_the_option_is_not_there(self):
        arguments = self.commands()[2]
        self.assertEqual(json.loads(run(*arguments, KOKKOS_NUM_THREADS="3").stdout)["threads"], 3)
        self.assertEqual(json.loads(run(*arguments, "--threads", 2, KOKKOS_NUM_THREADS="3").stdout)["threads"], 2)

    def test_only_reports_go_to_the_standard_output(self):
        for variables in ({"KOKKOS_PRINT_CONFIGURATION": "1"}, {"KOKKOS_TOOLS_LIBS": "/nowhere.so"}, {"OMP_DISPLAY_ENV": "verbose"},
                          {"OMP_DISPLAY_AFFINITY": "true"}, {"KMP_SETTINGS": "1"}):
            quiet = [*self.commands()[0], "--quiet"]
            done = run(*quiet, **variables)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(json.loads(done.stdout)["schema"], "deepmaacc.report/1", variables)
            if "KOKKOS_PRINT_CONFIGURATION" in variables:
                self.assertIn("Kokkos Version", done.stderr)
            done = run("inspect", MLP, **variables)
            self.assertTrue(done.stdout.startswith("  index  layer "), done.stdout)

    def test_waiting_threads_sleep_unless_the_user_says_how_they_wait(self):
        if not self.is_openmp() or not sys.platform.startswith("linux"):
            self.skipTest("built without OpenMP, or not for Linux")
        def shown(**variables):
            """What each runtime that is loaded shows."""
            return re.findall(r"OMP_WAIT_POLICY ?= ?'(\w+)'", run("inspect", MLP, OMP_DISPLAY_ENV="true", **variables).stderr)

        chosen = shown(OMP_WAIT_POLICY="active")
        self.assertEqual(set(chosen), {"ACTIVE"})
        self.assertEqual(shown(), ["PASSIVE"] * len(chosen))
        for variables in ({"GOMP_SPINCOUNT": "1000"}, {"KMP_BLOCKTIME": "10"}, {"KMP_LIBRARY": "throughput"}):
            self.assertEqual(run("inspect", MLP, **variables).returncode, 0)
            with_variable = run("inspect", MLP, OMP_DISPLAY_ENV="true", **variables).stderr
            self.assertEqual(with_variable.count("DISPLAY ENVIRONMENT BEGIN"), len(chosen), with_variable)

    def test_the_process_stays_the_same_one(self):
        if not sys.platform.startswith("linux"):
            self.skipTest("not for Linux")
        long_run = analyze_arguments(MLP, "--operators", "gf", "--engine", "whole", "--method", "random-sampling", "--repeat", 1000000, "--quiet")
        with subprocess.Popen([command_test.COMMAND, *map(str, long_run)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env=environment()) as process:
            try:
                time.sleep(0.5)
                with open(f"/proc/{process.pid}/comm", encoding="utf-8") as comm:
                    self.assertEqual(comm.read().strip(), os.path.basename(command_test.COMMAND)[:15])
                with open(f"/proc/{process.pid}/cmdline", "rb") as line:
                    self.assertEqual(line.read().split(b"\0")[0].decode(), command_test.COMMAND)
                with open(f"/proc/{process.pid}/environ", "rb") as variables:
                    there = [entry.split(b"=")[0].decode() for entry in variables.read().split(b"\0") if entry]
                self.assertEqual(len(there), len(set(there)))
                process.send_signal(signal.SIGTERM)
                self.assertEqual(process.wait(timeout=60), -signal.SIGTERM)
            finally:
                process.kill()


if __name__ == "__main__":
    command_test.main()
