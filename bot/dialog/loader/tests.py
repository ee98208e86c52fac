"""Every mistake in the tests of a project: their form, and names that do not exist."""

from pathlib import Path

from bot.check.drawn import DrawnFaq
from bot.check.finding import Finding
from bot.check.leaks import check_leaks
from bot.check.talks import Names, TalkCheck, check_questions
from bot.dialog.loader.talks import CODES, find_talks, read_talk_file
from bot.model.business import Business
from bot.source import FAQ, Report, read


def check_tests(
    project: Path,
    flows: str,
    faq: str,
    names: Names | None,
    drawn_faq: DrawnFaq,
    business: Business,
) -> list[Finding]:
    """Findings of the conversation tests and of the FAQ's labelled questions. Without `names` (some files could not
    be read) only their form is checked."""
    check = TalkCheck(names) if names is not None else None
    reports = []
    for path in find_talks(project, flows):
        report = Report(path, CODES)
        reports.append(report)
        root = read(project, path, report)
        if root is not None:
            read_talk_file(root, report, business)
            if check is not None:
                check.check(root, report)
    labelled = Path(faq).with_suffix(".test.yaml").as_posix()
    if (project / labelled).exists():
        report = Report(labelled, FAQ)
        reports.append(report)
        root = read(project, labelled, report)
        if root is not None and names is not None:
            check_questions(root, report, drawn_faq)
    for report in reports:
        check_leaks(report)
    return [finding for report in reports for finding in report.findings]
