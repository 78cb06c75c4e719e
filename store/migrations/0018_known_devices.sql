-- expand
-- Browsers in which somebody signed in before: whoever guesses from elsewhere does not make these wait.
CREATE TABLE known_devices (
    device_hash BLOB PRIMARY KEY,            -- SHA-256 of the hash of the session that was opened there last
    staff_id INTEGER REFERENCES staff (id) ON DELETE CASCADE,
    organisation_id INTEGER,
    user_id INTEGER,
    seen_at INTEGER NOT NULL,
    CHECK ((user_id IS NULL) <> (staff_id IS NULL)),
    FOREIGN KEY (organisation_id, user_id) REFERENCES users (organisation_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX known_devices_by_user ON known_devices (user_id, seen_at);
CREATE INDEX known_devices_by_staff ON known_devices (staff_id, seen_at);
CREATE INDEX known_devices_by_age ON known_devices (seen_at);
