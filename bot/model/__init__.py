"""The nouns. Frozen values that import nothing outside this package; `docs/glossary.md` defines each word.

Times are whole milliseconds since the Unix epoch, UTC, named `…_at` or `now`. Ids of our own are positive whole
numbers; what a messenger calls a thing is a string named `external_id` or `address`.
"""
