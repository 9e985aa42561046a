#!/usr/bin/env python3
"""Checks the Markdown files of a checkout.

  check_snippets.py FOLDER        every tracked or new .md file of the checkout
  check_snippets.py --self-test   that wrong pages are refused

A fenced block after the comment <!-- from PATH --> must occur in that file, line by line and without gaps; white space does not
count. A cpp block must have such a comment. A relative link must lead to a file or folder, and its #part to a heading there.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

MARKER = re.compile(r"^<!-- from (\S+) -->$")
FENCE = re.compile(r"^(`{3,})\s*(\w*)")
LINK = re.compile(r"\[[^\]]*\]\(([^()\s]+)\)")
CODE = re.compile(r"`[^`]*`")


def squeezed(lines):
    return ["".join(line.split()) for line in lines]


def occurs(block, whole):
    """Whether the lines of a block occur in a file one after the other; empty lines count for nothing."""
    block, whole = [line for line in squeezed(block) if line], [line for line in squeezed(whole) if line]
    return any(whole[i:i + len(block)] == block for i in range(len(whole) - len(block) + 1))


def anchor(heading):
    """The name that GitHub gives to a heading."""
    text = re.sub(r"[^\w\- ]", "", CODE.sub(lambda code: code.group()[1:-1], heading).strip().lower())
    return text.replace(" ", "-")


def parts(page):
    """Yields ('text', number, line) and ('block', number, language, marker, lines) of a page."""
    lines = page.read_text(encoding="utf-8").splitlines()
    marker, i = None, 0
    while i < len(lines):
        fence = FENCE.match(lines[i])
        if fence:
            end = i + 1
            while end < len(lines) and lines[end].strip() != fence.group(1):
                end += 1
            yield "block", i + 1, fence.group(2), marker, lines[i + 1:end]
            marker, i = None, end + 1
            continue
        found = MARKER.match(lines[i].strip())
        if found:
            marker = found.group(1)
        elif lines[i].strip():
            marker = None
        yield "text", i + 1, lines[i]
        i += 1


def headings(page):
    return {anchor(part[2].lstrip("#")) for part in parts(page) if part[0] == "text" and part[2].startswith("#")}


def faults_of(page, root):
    for part in parts(page):
        where = f"{page.relative_to(root)}:{part[1]}"
        if part[0] == "block":
            _, _, language, marker, block = part
            if marker is None:
                if language in ("cpp", "c++", "cxx", "hpp"):
                    yield f"{where}: a C++ block without <!-- from FILE --> before it"
                continue
            source = root / marker
            if not source.is_file():
                yield f"{where}: there is no file {marker}"
            elif not any(line.strip() for line in block):
                yield f"{where}: the block is empty"
            elif not occurs(block, source.read_text(encoding="utf-8").splitlines()):
                yield f"{where}: these lines do not occur in {marker}:\n    " + "\n    ".join(block)
            continue
        for target in LINK.findall(CODE.sub("", part[2])):
            if re.match(r"[a-z]+:", target):
                continue
            path, _, section = target.partition("#")
            to = (page.parent / path) if path else page
            if not to.exists():
                yield f"{where}: the link {target} leads nowhere"
            elif section and to.suffix == ".md" and section not in headings(to):
                yield f"{where}: {to.name} has no heading #{section}"


def pages(root):
    listed = subprocess.run(["git", "-C", root, "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
                            capture_output=True, text=True)
    if listed.returncode == 0:
        return sorted(page for page in {root / name for name in listed.stdout.splitlines()} if page.is_file())
    folders = [root, root / "docs", root / "examples", root / "tests"]  # an archive, not a checkout
    return sorted({page for folder in folders for page in folder.glob("*.md" if folder == root else "**/*.md")})


def check(root):
    found = pages(root)
    faults = [fault for page in found for fault in faults_of(page, root)]
    print("\n".join(faults) if faults else f"{len(found)} pages are right")
    return 1 if faults or not found else 0


def self_test():
    source = "int a;\n\n  int b;\nint c;\n"
    cases = [("<!-- from a.cpp -->\n```cpp\nint a;\nint  b;\n```\n", True), ("<!-- from a.cpp -->\n```cpp\nint a;\nint c;\n```\n", False),
             ("```cpp\nint a;\n```\n", False), ("```text\nint z;\n```\n", True), ("<!-- from a.cpp -->\n```text\nint z;\n```\n", False),
             ("<!-- from b.cpp -->\n```cpp\nint a;\n```\n", False), ("<!-- from a.cpp -->\n\ntext\n\n```cpp\nint a;\n```\n", False),
             ("<!-- from a.cpp -->\n```cpp\n```\n", False), ("[a](a.cpp), [b](https://b.example/c)\n", True), ("[a](b.cpp)\n", False),
             ("# One `two`\n[a](#one-two)\n", True), ("# One\n[a](page.md#two)\n", False), ("`[a](b.cpp)`\n", True)]
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        (root / "a.cpp").write_text(source, encoding="utf-8")
        page = root / "page.md"
        for text, is_right in cases:
            page.write_text(text, encoding="utf-8")
            if (not list(faults_of(page, root))) != is_right:
                print(f"should be {'right' if is_right else 'refused'}:\n{text}")
                wrong += 1
    return 1 if wrong else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(self_test() if sys.argv[1] == "--self-test" else check(pathlib.Path(sys.argv[1]).resolve()))
