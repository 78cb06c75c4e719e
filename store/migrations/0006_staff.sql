-- expand
-- Staff: one-time links with which they choose a password. The audit: only ever added to, found by who, what and
-- when. Sessions and factors by organisation, for its lists and its removal.

CREATE TABLE staff_links (
    token_hash BLOB PRIMARY KEY,             -- SHA-256 of token and host
    staff_id INTEGER NOT NULL REFERENCES staff (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX staff_links_by_staff ON staff_links (staff_id);
CREATE INDEX staff_links_by_expiry ON staff_links (expires_at);
CREATE INDEX staff_by_organisation ON staff (organisation_id);
CREATE INDEX sessions_by_organisation ON sessions (organisation_id);
CREATE INDEX second_factors_by_organisation ON second_factors (organisation_id);

-- Staff may leave; who did something then is still said.
ALTER TABLE audit ADD COLUMN actor_name TEXT NOT NULL DEFAULT '';
UPDATE audit SET actor_name = coalesce((SELECT email FROM staff WHERE id = substr(actor, 7)), '')
WHERE actor LIKE 'staff:%';
DROP INDEX audit_by_organisation;
CREATE INDEX audit_by_time ON audit (organisation_id, at);
CREATE INDEX audit_by_actor ON audit (organisation_id, actor, at);
CREATE INDEX audit_by_actor_name ON audit (organisation_id, actor_name, at) WHERE actor_name <> '';
CREATE INDEX audit_by_action ON audit (organisation_id, action, at);
CREATE INDEX audit_by_object ON audit (organisation_id, object, at);

ALTER TABLE organisations ADD COLUMN removing INTEGER NOT NULL DEFAULT 0 CHECK (removing IN (0, 1));
CREATE TRIGGER audit_stays_as_it_is BEFORE UPDATE ON audit BEGIN
    SELECT RAISE(ABORT, 'the audit is only ever added to');
END;
CREATE TRIGGER audit_goes_with_its_organisation BEFORE DELETE ON audit
WHEN NOT EXISTS (SELECT 1 FROM organisations WHERE id = old.organisation_id AND removing = 1) BEGIN
    SELECT RAISE(ABORT, 'the audit goes with its organisation alone');
END;
