"""The whole project: every file read, every reference resolved, every check run, one `Script`."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import msgspec

from bot.check.across import check_across, given_names
from bot.check.compared import check_compared
from bot.check.drawn import Drawn, DrawnFaq
from bot.check.finding import Finding, Word
from bot.check.inside import Columns, check_inside
from bot.check.leaks import check_leaks
from bot.check.limits import check_limits
from bot.check.paths import check_paths
from bot.check.printed import check_printed
from bot.check.talks import names_of
from bot.check.twins import check_twins
from bot.check.variety import check_variety
from bot.dialog.flow import Reply
from bot.dialog.loader.cells import check_cells
from bot.dialog.loader.faq_file import read_faq, read_replies
from bot.dialog.loader.files import below, shown
from bot.dialog.loader.flow_file import kept_names, read_flow, slot_names
from bot.dialog.loader.ids import check_id
from bot.dialog.loader.known import Known
from bot.dialog.loader.links import check_links
from bot.dialog.loader.strays import find_strays
from bot.dialog.loader.tables import read_tables
from bot.dialog.loader.tests import check_tests
from bot.dialog.script import Script
from bot.faq import Question, Settings
from bot.model.abilities import KINDS
from bot.model.business import Business
from bot.source import FAQ, Report, Scalar, Tree, composed, read
from bot.source.read import no_collection

MENU_COMMAND = "menu"

_OF_CONFIGURATION = frozenset({"E202", "E209", "E216", "E226", "E227", "E231"})
"""Findings that name something which the configuration does not have."""


class Loaded(msgspec.Struct, frozen=True):
    """`script` is None where any finding is an error. Findings are sorted."""

    script: Script | None
    findings: tuple[Finding, ...]


class _Files(msgspec.Struct):
    """What was read, before it is put together."""

    flows: list[Drawn]
    faq: DrawnFaq
    settings: Settings
    replies: dict[str, Reply]
    reports: list[Report]
    whole: bool


def load(
    project: Path,
    business: Business,
    *,
    flows: str = "flows",
    faq: str = "faq.yaml",
    channels: Mapping[str, str] = MappingProxyType({}),
    verbs: frozenset[str] | None = None,
    config_findings: Sequence[Finding] = (),
    tests: bool = False,
) -> Loaded:
    """Read a project. `flows` and `faq` are paths below it; `channels` maps each configured channel to its kind;
    `verbs` are the owner's own actions (None: not known, so that any name is taken). With `tests` the findings tell
    of the conversation tests and labelled questions too; those do not keep a script from being played."""
    with no_collection():
        return _load(project, business, flows, faq, channels, verbs, config_findings, tests=tests)


def _load(
    project: Path,
    business: Business,
    flows: str,
    faq: str,
    channels: Mapping[str, str],
    verbs: frozenset[str] | None,
    config_findings: Sequence[Finding],
    *,
    tests: bool,
) -> Loaded:
    tables, reports = read_tables(project)
    trees = _trees(project, flows)
    unread = frozenset(flow_id for flow_id, (root, _) in trees.items() if root is None)
    known = Known(
        project=project,
        business=business,
        slots={flow_id: slot_names(root) for flow_id, (root, _) in trees.items()},
        tables=tables,
        kinds=tuple(dict.fromkeys([*KINDS, *channels.values()])),
        channels=tuple(dict.fromkeys([*KINDS, *channels.values(), *channels])),
        verbs=verbs,
        unread=unread,
        kept=None if unread else frozenset(_kept(trees)),
    )
    files = _read(project, faq, trees, known, reports)
    _check(files, business, channels, {name: table.columns for name, table in tables.items()})
    check_cells(tables, [drawn.flow for drawn in files.flows])
    links = check_links(project, files.flows) if files.whole else None
    files.reports += [links] if links is not None else []
    files.reports += find_strays(project, flows)
    found = [finding for report in files.reports for finding in report.findings]
    if any(finding.code.startswith("E0") for finding in config_findings):
        # Of a configuration that could not be read nothing can be missed.
        found = [finding for finding in found if finding.code not in _OF_CONFIGURATION]
    broken = any(finding.severity == "error" for finding in (*config_findings, *found))
    tested = _test_findings(project, flows, faq, files, business) if tests else []
    findings = sorted([*config_findings, *found, *tested], key=lambda finding: finding.order)
    return Loaded(None if broken else _script(files, known), tuple(findings))


def _test_findings(
    project: Path, flows: str, faq: str, files: _Files, business: Business
) -> list[Finding]:
    names = names_of(files.flows, files.faq, business) if files.whole else None
    return check_tests(project, flows, faq, names, files.faq, business)


def _check(
    files: _Files, business: Business, channels: Mapping[str, str], columns: Columns
) -> None:
    given = given_names(files.flows)
    for drawn in files.flows:
        if not any(finding.severity == "error" for finding in drawn.report.findings):
            check_paths(drawn, given.get(drawn.flow.id, frozenset()))
    check_across(files.flows, files.faq, business, whole=files.whole)
    check_inside(files.flows, columns)
    check_compared(files.flows)
    for drawn in files.flows:
        check_printed(drawn)
    check_twins(files.faq)
    check_variety(files.faq)
    check_limits(files.flows, files.faq, channels)
    for report in files.reports:
        check_leaks(report)


def _trees(project: Path, flows: str) -> dict[str, tuple[Tree | None, Report]]:
    """The trees of all flow files by their ids: the files' names."""
    trees: dict[str, tuple[Tree | None, Report]] = {}
    for path in below(project, flows, (".yaml", ".yml")):
        name = Path(path).name
        if ".test." in name:
            continue
        report = Report(shown(path))
        if shown(path) != path:
            report.mark("E015", reason=Word("bad_file_name"))
            trees[report.source.path] = (None, report)
            continue
        root = read(project, report.source.path, report)
        flow_id = composed(Path(path).stem)
        # The name of a file cannot be mended inside of it: style keeps a replacement from being proposed.
        check_id(Scalar(1, 1, 1, 1, flow_id, style='"'), report, "flow")
        if flow_id in trees:
            report.mark("E220", name=flow_id, other=trees[flow_id][1].source.path)
            flow_id, root = report.source.path, None
        trees[flow_id] = (root, report)
    return trees


def _kept(trees: Mapping[str, tuple[Tree | None, Report]]) -> Iterator[str]:
    for root, _ in trees.values():
        yield from kept_names(root)


def _read(
    project: Path,
    faq: str,
    trees: Mapping[str, tuple[Tree | None, Report]],
    known: Known,
    reports: list[Report],
) -> _Files:
    drawn = []
    for flow_id, (root, report) in trees.items():
        reports.append(report)
        flow = read_flow(root, flow_id, report, known) if root is not None else None
        if flow is not None:
            drawn.append(flow)
    faq_report, reply_report = Report(faq, FAQ), Report("replies.yaml")
    reports += [faq_report, reply_report]
    root = read(project, faq, faq_report) if (project / faq).exists() else None
    entries, settings = read_faq(root, faq_report, known)
    written = (
        read(project, "replies.yaml", reply_report) if (project / "replies.yaml").exists() else None
    )
    replies = read_replies(written, reply_report, known, project) if written is not None else {}
    whole = len(drawn) == len(trees) and (root is not None or not (project / faq).exists())
    return _Files(drawn, entries, settings, replies, reports, whole)


def _script(files: _Files, known: Known) -> Script:
    flows = {drawn.flow.id: drawn.flow for drawn in files.flows}
    commands = {command: flow.id for flow in flows.values() for command in flow.start.commands}
    events: dict[str, tuple[str, ...]] = {}
    for flow in flows.values():
        for event in flow.start.events:
            events[event] = (*events.get(event, ()), flow.id)
    questions = [Question(entry.id, entry.questions) for entry, _ in files.faq.entries]
    questions += [
        Question(f"flow:{flow.id}", flow.start.phrases)
        for flow in flows.values()
        if flow.start.phrases
    ]
    return Script(
        hash=_hash(files),
        flows=MappingProxyType(flows),
        faq=MappingProxyType({entry.id: entry for entry, _ in files.faq.entries}),
        tables=MappingProxyType({name: table.rows for name, table in known.tables.items()}),
        replies=MappingProxyType(files.replies),
        commands=MappingProxyType(commands),
        events=MappingProxyType(events),
        fallback=next((flow.id for flow in flows.values() if flow.start.fallback), ""),
        menu=commands.get(MENU_COMMAND, ""),
        questions=tuple(questions),
        settings=files.settings,
    )


def _hash(files: _Files) -> str:
    digest = hashlib.sha256()
    for report in sorted(files.reports, key=lambda report: report.source.path):
        digest.update(f"{report.source.path}\0{report.source.text}\0".encode())
    for drawn in files.flows:
        for step in drawn.flow.steps.values():
            for media in getattr(step, "media", ()):
                digest.update(media.digest.encode())
    for reply in files.replies.values():
        for media in reply.files:
            digest.update(media.digest.encode())
    return digest.hexdigest()[:16]
