"""The example business: what `frontdesk init` copies and `frontdesk demo` plays."""

from pathlib import Path

# The same names are in pyproject.toml, where they are packed into the wheel.
PARTS = (
    ".env.example",
    "config.example.yaml",
    "faq.test.yaml",
    "faq.yaml",
    "flows",
    "replies.yaml",
    "tables",
)

PACKAGE = Path(__file__).resolve().parent


def starter_files(package: Path = PACKAGE) -> dict[str, Path]:
    """Every file of the example, by its place in a new project: `{"flows/заявка.yaml": Path}`.

    An installed wheel has the example inside the package; a checkout has it beside the package.
    """
    packed = package / "starter_files"
    top = packed if packed.is_dir() else package.parent
    return {file.relative_to(top).as_posix(): file for part in PARTS for file in _files(top / part)}


def _files(part: Path) -> list[Path]:
    if part.is_file():
        return [part]
    return sorted(file for file in part.rglob("*") if file.is_file() and file.name[0] != ".")
