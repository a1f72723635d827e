#!/usr/bin/env python3
"""Fails when src/ or bench/ includes a folder that tools/layers.txt does not allow, when src/CMakeLists.txt
links one, or when a pure folder is impure."""
import pathlib
import re
import sys

PURE = {"base", "model", "contract", "codec", "evidence", "judge", "sim", "gates", "core", "replay"}
ISLANDS = {"adapters"}  # their sub-folders may not see each other
INCLUDE = re.compile(r'#\s*include\s*"([^"]+)"')
IMPURE = re.compile(
    r"include\s*<(thread|mutex|atomic|future|random|fstream|iostream|filesystem|ctime|sys/|unistd)"
    r"|_clock::now\(|\b(getenv|rand|time)\(|std::unordered_")
LINKED = re.compile(r"sluice_folder\((\S+)(?: USES ([a-z/ ]+))?")


def read_layers(path):
    rows = (line.split("#")[0].split(":") for line in path.read_text().splitlines())
    return {row[0].strip(): set(row[1].split()) for row in rows if len(row) == 2}


def unit(name):
    parts = name.split("/")
    return "/".join(parts[:2]) if parts[0] in ISLANDS and len(parts) > 2 else parts[0]


def sources(repository):
    for root, base in ((repository / "src", repository / "src"), (repository / "bench", repository)):
        for path in sorted(p for p in root.rglob("*") if p.suffix in (".h", ".cc")):
            yield path, path.relative_to(base).as_posix()


def wrong_includes(repository, layers):
    for path, name in sources(repository):
        here, is_test = name.split("/")[0], name.endswith("_test.cc")
        allowed = layers.get(here, set()) | ({"testing"} if is_test else set())
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if found := INCLUDE.match(line):
                there = found[1].split("/")[0]
                if unit(found[1]) != unit(name) and "*" not in allowed and there not in allowed:
                    yield f"{name}:{number}: {unit(name)} may not include {unit(found[1])}"
            if here in PURE and not is_test and IMPURE.search(line):
                yield f"{name}:{number}: impure construct in pure folder {here}/"


def wrong_links(path, layers):
    for folder, used in LINKED.findall(path.read_text()):
        allowed = layers.get(folder.split("/")[0], set())
        for there in used.split():
            if there in layers and there not in allowed:
                yield f"src/CMakeLists.txt: {folder} may not link {there}"


def main():
    here = pathlib.Path(__file__).resolve()
    layers = read_layers(here.with_name("layers.txt"))
    repository = here.parents[1]
    found = list(wrong_includes(repository, layers))
    found += wrong_links(repository / "src/CMakeLists.txt", layers)
    print("\n".join(found) or "layers: ok")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
