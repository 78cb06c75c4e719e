-- expand
-- Mail: what must not stay in the store once it is sent, what goes first, what comes too late, and the indexes
-- of lists. A message of a suspended organisation is held: it waits, and has no next_at.

ALTER TABLE outbox ADD COLUMN secret TEXT NOT NULL DEFAULT '';            -- tokens and codes within the bodies
ALTER TABLE outbox ADD COLUMN urgent INTEGER NOT NULL DEFAULT 0 CHECK (urgent IN (0, 1));
ALTER TABLE outbox ADD COLUMN expires_at INTEGER;                         -- not worth sending after

DROP INDEX outbox_due;
CREATE INDEX outbox_due ON outbox (urgent, next_at) WHERE next_at IS NOT NULL;
CREATE INDEX outbox_held ON outbox (organisation_id) WHERE state = 'waiting' AND next_at IS NULL;
CREATE INDEX outbox_by_organisation_state ON outbox (organisation_id, state, id);
CREATE INDEX outbox_by_recipient ON outbox (organisation_id, recipient, state, id);

CREATE INDEX issuance_failing ON issuance (hostname) WHERE failures > 0;
CREATE TABLE domain_notices (                -- what an organisation's admins were told of a name, so as not to repeat it
    hostname TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('certificate', 'record')),
    detail TEXT NOT NULL,                    -- serial and days left; the state of the record
    told_at INTEGER NOT NULL,
    PRIMARY KEY (hostname, kind)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER domain_notices_removed AFTER DELETE ON domains BEGIN
    DELETE FROM domain_notices WHERE hostname = old.hostname;
END;
