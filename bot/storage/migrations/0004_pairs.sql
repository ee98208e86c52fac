-- Several messages may stand at one place: a customer's lines that were said to the operators together.

CREATE TABLE pairs_of_several (
    channel TEXT NOT NULL,
    address TEXT NOT NULL,
    external_id TEXT NOT NULL,
    message INTEGER NOT NULL,
    part INTEGER NOT NULL,
    conversation INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (channel, address, external_id, message)
) STRICT, WITHOUT ROWID;

INSERT INTO pairs_of_several (channel, address, external_id, message, part, conversation)
    SELECT channel, address, external_id, message, part, conversation FROM pairs;

DROP TABLE pairs;

ALTER TABLE pairs_of_several RENAME TO pairs;

CREATE INDEX pairs_message ON pairs (message);
