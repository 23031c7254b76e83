"""A module's test has its name: tests/unit/<package>/test_<package>_<module>.py. A stranger finds it at once.

python -m tests.unit.test_found_by_name      prints the share, and the modules without a test of their name
"""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LEAST = 0.6  # of the modules; the rest are tested by what uses them, which promises and behaviour tests do


def modules() -> list[Path]:
    found = (path for path in (ROOT / "spark_app").rglob("*.py") if not path.name.startswith("__"))
    return sorted(path for path in found if path.parent.name != "spark_app")


def name_of_test(module: Path) -> str:
    return f"test_{module.parent.name}_{module.stem}.py"


def without_test() -> list[Path]:
    tests = {path.name for path in (ROOT / "tests").rglob("test_*.py")}
    return [module for module in modules() if name_of_test(module) not in tests]


def test_most_modules_have_a_test_of_their_name() -> None:
    share = 1 - len(without_test()) / len(modules())
    assert share >= LEAST, f"{share:.0%} of the modules have a test of their name"


def test_a_unit_test_lies_in_its_modules_folder_and_begins_with_its_name() -> None:
    known = {name_of_test(module).removesuffix(".py"): module.parent.name for module in modules()}
    strays = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "tests" / "unit").glob("*/test_*.py"))
        if not any(path.stem.startswith(name) and path.parent.name == room for name, room in known.items())
    ]
    assert strays == []


def main() -> None:
    lacking = without_test()
    for module in lacking:
        print(module.relative_to(ROOT))  # noqa: T201
    print(f"{1 - len(lacking) / len(modules()):.0%} of {len(modules())} modules have a test of their name")  # noqa: T201


if __name__ == "__main__":
    main()
