"""Every mistake in the tests of a project: their form, and names that do not exist."""

from collections.abc import Sequence
from pathlib import Path

from bot.check.drawn import Drawn, DrawnFaq
from bot.check.finding import Finding
from bot.check.leaks import check_leaks
from bot.check.talks import TalkCheck, check_questions, names_of
from bot.dialog.loader.talks import CODES, find_talks, read_talk_file
from bot.model.business import Business
from bot.source import FAQ, Report, read


def check_tests(
    project: Path,
    flows: str,
    faq: str,
    drawn: Sequence[Drawn],
    drawn_faq: DrawnFaq,
    business: Business,
) -> list[Finding]:
    """Findings of the conversation tests and of the FAQ's labelled questions."""
    check = TalkCheck(names_of(drawn, drawn_faq, business))
    reports = []
    for path in find_talks(project, flows):
        report = Report(path, CODES)
        reports.append(report)
        root = read(project, path, report)
        if root is not None:
            read_talk_file(root, report, business)
            check.check(root, report)
    labelled = Path(faq).with_suffix(".test.yaml").as_posix()
    if (project / labelled).exists():
        report = Report(labelled, FAQ)
        reports.append(report)
        root = read(project, labelled, report)
        if root is not None:
            check_questions(root, report, drawn_faq)
    for report in reports:
        check_leaks(report)
    return [finding for report in reports for finding in report.findings]
