-- expand
-- Attempts to sign in as somebody that failed, for them to see; bounded in number and age.
CREATE TABLE failed_signins (
    id INTEGER PRIMARY KEY,
    staff_id INTEGER REFERENCES staff (id) ON DELETE CASCADE,
    organisation_id INTEGER,
    user_id INTEGER,
    gave TEXT NOT NULL,                      -- password, code, mailed code
    device TEXT NOT NULL DEFAULT '',
    address TEXT NOT NULL DEFAULT '',
    at INTEGER NOT NULL,
    CHECK ((user_id IS NULL) <> (staff_id IS NULL)),
    FOREIGN KEY (organisation_id, user_id) REFERENCES users (organisation_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX failed_signins_by_user ON failed_signins (user_id, at);
CREATE INDEX failed_signins_by_staff ON failed_signins (staff_id, at);
CREATE INDEX failed_signins_by_age ON failed_signins (at);
