#!/usr/bin/env python3
"""What each input of a test set is worth, from the file of `deepmaacc analyze … --kill-matrix FILE`: kill_matrix.py FILE"""
import sys

import numpy as np

run = np.load(sys.argv[1])
changed = np.unpackbits(run["kills"], axis=1, count=int(run["inputs"])).astype(bool)  # mutants × inputs
kills = changed & (run["prediction"] == run["label"])  # inputs that the original gets right, and the mutant does not
print(f"any-flip {kills.any(axis=1).mean():.4f}, {(kills.sum(axis=0) == 0).sum()} of {kills.shape[1]} inputs kill no mutant")

# Inputs that together kill what all kill: the one that kills most of what is left, again and again.
left, few = kills.any(axis=1), []
while left.any():
    few.append(int(kills[left].sum(axis=0).argmax()))
    left &= ~kills[:, few[-1]]
print(f"{len(few)} inputs kill as many:", *few)
