"""YAML with places: a file becomes a tree whose every node knows its line and column, or findings say why not.

Plain scalars stay the text that was written; the schema decides what they mean. As the reader of a configuration does:

    report = Report("config.yaml", CONFIG)
    root = read(project, "config.yaml", report)                  # None: the findings say why
    fields = report.fields(root, ("name", "language", "channels"), Word("config"))
    name = fields.text("name")                                   # "" where it is missing
    language = fields.one_of("language", ("ru", "en"), "ru")
    port = fields.integer("port", 8080, low=1, high=65535)
    limit = fields.duration("first_reply", 0)                    # ms, from `10m`
    on = fields.yes("place_in_queue", False)                     # true | false
    words = fields.texts("words", ("меню",))                     # one text, or a list of them
    imap = fields.fields("imap", ("host", "port"))               # Fields of a nested mapping, empty if missing
    for key, node in fields.entries("channels"):                 # a mapping with free keys
        report.fields(node, ("token", "api_url"), key.value)
    fields.require("name")                                       # E6xx where it is missing
    report.add("E612", fields.at("port"), name="…")              # a finding of one's own, under a value
    report.findings                                              # all of them

Every method gives a usable value after it noted a mistake, so that one run finds all of them. In a configuration
`null` and an empty value are the same as a missing key.
"""

from bot.source.read import find, parse, read, read_bytes, read_text
from bot.source.report import CONFIG, FAQ, FLOW, Codes, Fields, Report
from bot.source.tree import (
    Mapping,
    Node,
    Scalar,
    Sequence,
    Source,
    Tree,
    composed,
    quoted,
    source_of,
)

__all__ = [
    "CONFIG",
    "FAQ",
    "FLOW",
    "Codes",
    "Fields",
    "Mapping",
    "Node",
    "Report",
    "Scalar",
    "Sequence",
    "Source",
    "Tree",
    "composed",
    "find",
    "parse",
    "quoted",
    "read",
    "read_bytes",
    "read_text",
    "source_of",
]
