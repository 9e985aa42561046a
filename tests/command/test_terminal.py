#!/usr/bin/env python3
"""Tests of the progress that the deepmaacc command shows on a terminal.

    tests/command/test_terminal.py build/release/bin/deepmaacc [unittest's options]
"""
import errno
import os
import pty
import re
import struct
import subprocess
import unittest

import command_test
from command_test import CNN, MLP, UNUSABLE, CommandTest, analyze_arguments, npy, run

WIPE = "\r\x1b[K"
LINE = re.compile(r"^(\S[a-z ]+?) +(\d+) %  (\S+)/s  (\d+) s left$")


def in_terminal(*arguments):
    """What the command shows on a terminal that has its output and its errors, and its exit status."""
    try:
        outer, inner = pty.openpty()
    except OSError as fault:
        raise unittest.SkipTest(f"there is no pseudo-terminal: {fault}")
    with subprocess.Popen([command_test.COMMAND, *map(str, arguments)], stdout=inner, stderr=inner, stdin=subprocess.DEVNULL) as process:
        os.close(inner)
        shown = b""
        while True:
            try:
                more = os.read(outer, 65536)
            except OSError as fault:  # how Linux tells that nobody has the terminal any more
                if fault.errno != errno.EIO:
                    raise
                more = b""
            if not more:
                break
            shown += more
        os.close(outer)
    return shown.decode("utf-8").replace("\r\n", "\n"), process.returncode


def points(count, coordinates=3):
    numbers = [(i * 7919 + j * 104729) % 10007 / 10007 for i in range(count) for j in range(coordinates)]
    return npy("<f8", f"({count}, {coordinates})", struct.pack(f"<{len(numbers)}d", *numbers))


class Terminal(CommandTest):
    def without_progress(self, shown, *units):
        """Checks the progress that is shown: these units, one phase each. Returns what is left on the terminal."""
        before, *lines = shown.split(WIPE)
        self.assertEqual(before, "")
        rest = lines.pop()
        phases = []
        for line in lines:
            found = LINE.match(line)
            self.assertTrue(found, line)
            unit, percent, left = found[1], int(found[2]), int(found[4])
            self.assertLessEqual(percent, 100, line)
            self.assertLess(left, 1000, line)
            if phases and phases[-1][0] == unit and phases[-1][1] < 100:
                self.assertGreaterEqual(percent, phases[-1][1], lines)
            else:
                self.assertTrue(not phases or phases[-1][1] == 100, lines)
                phases.append([unit, 0])
            phases[-1][1] = percent
        self.assertEqual(phases, [[unit, 100] for unit in units], lines)
        return rest

    def check_summary(self, arguments, *units):
        shown, status = in_terminal(*arguments)
        self.assertEqual(status, 0, shown)
        hide_seconds = lambda text: re.sub(r"\d+\.\d{3}\b", "_", text[text.rindex("seconds:"):])
        left, wanted = self.without_progress(shown, *units), run(*arguments).stdout
        self.assertEqual(left[:left.rindex("seconds:")], wanted[:wanted.rindex("seconds:")])
        self.assertEqual(hide_seconds(left), hide_seconds(wanted))

    def test_the_line_is_gone_before_the_summary(self):
        self.check_summary(analyze_arguments(MLP), "inputs", "mutant runs")
        self.check_summary(analyze_arguments(CNN, "--engine", "whole", "--threads", 2), "inputs", "mutant runs")

    def test_every_algorithm_counts_to_its_end(self):
        for count in (2, 700):
            file = self.file("points.npy", points(count))
            cut = ["--clusters", 2, "--threads", 2]
            self.check_summary(["cluster", file, "--linkage", "single", *cut], "merges")
            self.check_summary(["cluster", file, "--linkage", "average", *cut], "distances", "merges")
            for rule in ("ward", "centroid"):  # by chain and by the generic algorithm, then from centroids
                self.check_summary(["cluster", file, "--linkage", rule, *cut], "distances", "merges")
                self.check_summary(["cluster", file, "--linkage", rule, "--memory-limit", 1, *cut], "merges")

    def test_the_line_is_gone_before_an_error(self):
        numbers = [1e308 * (i % 2) for i in range(300)]
        file = self.file("points.npy", npy("<f8", "(300, 1)", struct.pack("<300d", *numbers)))
        arguments = ["cluster", file, "--linkage", "ward", "--memory-limit", 1, "--clusters", 2]
        shown, status = in_terminal(*arguments)
        self.assertEqual(status, UNUSABLE, shown)
        self.assertEqual(shown.split(WIPE)[-1], run(*arguments).stderr)

    def test_quiet_shows_nothing(self):
        file = self.file("points.npy", points(300))
        self.assertEqual(in_terminal("cluster", file, "--clusters", 2, "--quiet"), ("", 0))
        self.assertEqual(in_terminal(*analyze_arguments(MLP, "--quiet")), ("", 0))


if __name__ == "__main__":
    command_test.main()
