"""YAML with places: a file becomes a tree whose every node knows its line and column, or findings say why not.

Plain scalars stay the text that was written; the schema decides what they mean. Use, as the reader of a configuration:

    report = Report("config.yaml", CONFIG)
    root = read(project, "config.yaml", report)
    fields = report.fields(root, ("name", "language", "channels"), where="name of the thing for sentences")
    name = fields.text("name")                                   # "" where it is missing
    language = fields.one_of("language", ("ru", "en"), "ru")
    limit = fields.duration("first_reply", 0)                    # ms, from `10m`
    port = fields.integer("port", 8080, low=1, high=65535)
    words = fields.texts("words", ("меню",))                     # one text or a list of them
    imap = fields.fields("imap", ("host", "port"))               # Fields of a nested mapping, empty if missing
    for key, node in fields.entries("channels"):                 # a mapping with free keys
        report.fields(node, (...))
    fields.require("name")                                       # E6xx if it is missing
    report.add("E612", fields.at("port"), name="…")              # a finding of one's own
    report.findings                                              # all of it, in any order

Every method returns a usable value after it noted a mistake, so that one run finds all of them.
"""

import bisect
import gc
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import yaml

from bot.check.finding import Argument, Word
from bot.yaml_report import CONFIG, FAQ, FLOW, Codes, Fields, Report
from bot.yaml_tree import Mapping, Node, Scalar, Sequence, Source
