-- One customer on several channels: numbers that messengers vouch for, codes that were given out, codes sent in vain.

CREATE TABLE proofs (
    phone TEXT PRIMARY KEY,
    customer INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX proofs_customer ON proofs (customer);

CREATE TABLE link_offers (
    code TEXT PRIMARY KEY,
    customer INTEGER NOT NULL,
    channel TEXT NOT NULL,
    address TEXT NOT NULL,
    until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX link_offers_customer ON link_offers (customer);

CREATE TABLE link_tries (
    id INTEGER PRIMARY KEY,
    customer INTEGER NOT NULL,
    at INTEGER NOT NULL
) STRICT;

CREATE INDEX link_tries_customer ON link_tries (customer, at);
