-- What the operators' room needs: who may act there, small values of a channel's own, whom an answer is for.

CREATE TABLE people (
    id TEXT PRIMARY KEY,
    body BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE kept (
    channel TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (channel, name)
) STRICT, WITHOUT ROWID;

ALTER TABLE outbox ADD COLUMN operator TEXT NOT NULL DEFAULT '';

-- 0 in rows that are older than this.
ALTER TABLE pairs ADD COLUMN conversation INTEGER NOT NULL DEFAULT 0;

-- The entry that a question turned out to ask, by the customer's own choice.
ALTER TABLE misses ADD COLUMN meant TEXT NOT NULL DEFAULT '';
