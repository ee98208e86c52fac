-- The memory as it was first laid out. Times are ms UTC; bodies are JSON as bot/storage/codec.py writes it.

CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE customers (
    id INTEGER PRIMARY KEY,
    body BLOB NOT NULL
) STRICT;

CREATE TABLE identities (
    channel TEXT NOT NULL,
    address TEXT NOT NULL,
    customer INTEGER NOT NULL,
    PRIMARY KEY (channel, address)
) STRICT, WITHOUT ROWID;

CREATE INDEX identities_customer ON identities (customer);

-- `ticket` is the one that holds the conversation, or held it last. `last_line` is the newest line of its history.
CREATE TABLE conversations (
    id INTEGER PRIMARY KEY,
    channel TEXT NOT NULL,
    address TEXT NOT NULL,
    kind TEXT NOT NULL,
    customer INTEGER NOT NULL,
    ticket INTEGER,
    unreachable INTEGER NOT NULL DEFAULT 0,
    last_line INTEGER NOT NULL DEFAULT 0,
    dialog BLOB NOT NULL
) STRICT;

CREATE UNIQUE INDEX conversations_address ON conversations (channel, address);
CREATE INDEX conversations_customer ON conversations (customer);

-- Events. `channel` is empty for events of our own making. `address` and `message_id` are the messenger's, where it
-- told them.
CREATE TABLE inbox (
    id INTEGER PRIMARY KEY,
    channel TEXT NOT NULL,
    external_id TEXT NOT NULL,
    conversation INTEGER NOT NULL,
    address TEXT NOT NULL,
    message_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    event BLOB NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE UNIQUE INDEX inbox_repeats ON inbox (channel, external_id);

-- The turns that answered events, by the same id; an event that has none waits. `aside`: it could not be answered, and
-- people were called. To write a row here costs less than to change one of the inbox.
CREATE TABLE turns (
    id INTEGER PRIMARY KEY,
    aside INTEGER NOT NULL,
    handled_at INTEGER NOT NULL,
    trace BLOB NOT NULL
) STRICT;

CREATE INDEX turns_aside ON turns (id) WHERE aside = 1;

-- Ids of e-mail, kept for good after their events were pruned.
CREATE TABLE seen (
    channel TEXT NOT NULL,
    external_id TEXT NOT NULL,
    PRIMARY KEY (channel, external_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE cursors (
    channel TEXT PRIMARY KEY,
    cursor TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Lines of history, each with the one before it (0: none): a chain from `conversations.last_line` backwards costs
-- nothing to write, an index by conversation would cost every message. `external_id` is the first part's, at the
-- conversation's own address. A line whose author is empty was taken back before it was sent.
CREATE TABLE messages (
    id INTEGER PRIMARY KEY,
    conversation INTEGER NOT NULL,
    previous INTEGER NOT NULL,
    author TEXT NOT NULL,
    operator TEXT NOT NULL,
    at INTEGER NOT NULL,
    body BLOB NOT NULL,
    external_id TEXT NOT NULL,
    delivered_at INTEGER NOT NULL DEFAULT 0,
    problem TEXT NOT NULL DEFAULT ''
) STRICT;

-- What waits to be delivered. `message` is the id that the pairs of a delivered one are kept under, NULL: its own;
-- `body` NULL: that of the line of the same id. So the row of a plain line is small, and gone again soon.
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY,
    channel TEXT NOT NULL,
    address TEXT NOT NULL,
    conversation INTEGER NOT NULL,
    kind TEXT NOT NULL DEFAULT 'send',
    message INTEGER,
    body BLOB,
    due INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    priority INTEGER NOT NULL DEFAULT 0,
    key TEXT NOT NULL DEFAULT '',
    external_id TEXT NOT NULL DEFAULT '',
    reply_external_id TEXT NOT NULL DEFAULT ''
) STRICT;

-- Where messages stand beyond what `messages.external_id` says: later parts, and the operators' side.
CREATE TABLE pairs (
    channel TEXT NOT NULL,
    address TEXT NOT NULL,
    external_id TEXT NOT NULL,
    message INTEGER NOT NULL,
    part INTEGER NOT NULL,
    PRIMARY KEY (channel, address, external_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX pairs_message ON pairs (message);

-- Which message was said last under a name, so that it can be edited.
CREATE TABLE keys (
    channel TEXT NOT NULL,
    address TEXT NOT NULL,
    key TEXT NOT NULL,
    message INTEGER NOT NULL,
    conversation INTEGER NOT NULL,
    PRIMARY KEY (channel, address, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX keys_message ON keys (message);

CREATE TABLE tickets (
    number INTEGER PRIMARY KEY,
    conversation INTEGER NOT NULL,
    state TEXT NOT NULL,
    body BLOB NOT NULL
) STRICT;

CREATE INDEX tickets_conversation ON tickets (conversation);
CREATE INDEX tickets_open ON tickets (number) WHERE state <> 'closed';

CREATE TABLE timers (
    id INTEGER PRIMARY KEY,
    conversation INTEGER NOT NULL,
    name TEXT NOT NULL,
    visit INTEGER NOT NULL,
    due INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX timers_name ON timers (conversation, name);
CREATE INDEX timers_due ON timers (due);

CREATE TABLE calls (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    conversation INTEGER NOT NULL,
    kind TEXT NOT NULL,
    request BLOB NOT NULL,
    timeout INTEGER NOT NULL,
    retries INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    due INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Files that messages brought. `state`: 0 to fetch, 1 settled.
CREATE TABLE attachments (
    id INTEGER PRIMARY KEY,
    channel TEXT NOT NULL,
    conversation INTEGER NOT NULL,
    source TEXT NOT NULL,
    digest TEXT NOT NULL DEFAULT '',
    body BLOB NOT NULL,
    state INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    due INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX attachments_conversation ON attachments (conversation, source);
CREATE INDEX attachments_digest ON attachments (digest) WHERE digest <> '';
CREATE INDEX attachments_waiting ON attachments (due) WHERE state = 0;

CREATE TABLE misses (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    conversation INTEGER NOT NULL,
    text TEXT NOT NULL,
    nearest TEXT NOT NULL,
    score REAL NOT NULL,
    answer TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX misses_conversation ON misses (conversation);

CREATE TABLE consents (
    id INTEGER PRIMARY KEY,
    customer INTEGER NOT NULL,
    version INTEGER NOT NULL,
    agreed INTEGER NOT NULL,
    at INTEGER NOT NULL,
    channel TEXT NOT NULL
) STRICT;

CREATE INDEX consents_customer ON consents (customer);

CREATE TABLE audit (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    conversation INTEGER NOT NULL,
    operator TEXT NOT NULL,
    verb TEXT NOT NULL,
    ticket INTEGER NOT NULL,
    detail TEXT NOT NULL
) STRICT;

CREATE INDEX audit_conversation ON audit (conversation);
