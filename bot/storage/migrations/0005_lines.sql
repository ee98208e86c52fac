-- Lines of history that wait to be said as they stand, at their conversation's own address: nearly all do, and not for
-- long. Any other delivery, and a line that could not be said at the first try, waits in `outbox`.
CREATE TABLE unsaid (
    id INTEGER PRIMARY KEY
) STRICT;

-- Lines that were delivered: when, and what the messenger calls the first part of each. To add a row here costs half of
-- what it costs to lengthen one of `messages`; those that were delivered before there was this table say it there, in
-- `delivered_at` and `external_id`.
CREATE TABLE delivered (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    external_id TEXT NOT NULL
) STRICT;
