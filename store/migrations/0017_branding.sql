-- expand
-- Branding: pictures and texts of an organisation's own, and a draft of them that customers do not see.

ALTER TABLE portals ADD COLUMN logo_light TEXT NOT NULL DEFAULT '';   -- a picture's SHA-256 in hex, or empty
ALTER TABLE portals ADD COLUMN logo_dark TEXT NOT NULL DEFAULT '';
ALTER TABLE portals ADD COLUMN favicon TEXT NOT NULL DEFAULT '';
ALTER TABLE portals ADD COLUMN sign_in_headline TEXT NOT NULL DEFAULT '';
ALTER TABLE portals ADD COLUMN sign_in_text TEXT NOT NULL DEFAULT '';

-- Pictures as we made them of what was uploaded; one picture is one or more renditions.

CREATE TABLE images (
    id INTEGER PRIMARY KEY,
    organisation_id INTEGER NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
    sha256 TEXT NOT NULL,                    -- of the picture's renditions, one after the other
    rendition TEXT NOT NULL CHECK (rendition IN ('logo', '32', '180')),
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    bytes BLOB NOT NULL,                     -- PNG
    kept_at INTEGER NOT NULL,
    UNIQUE (organisation_id, sha256, rendition)
) STRICT;

-- The draft is what its edits come to; ids are never used twice, so that a form knows a draft that has gone.

CREATE TABLE brand_edits (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    organisation_id INTEGER NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
    changes TEXT NOT NULL,                   -- JSON: setting -> [before, after]
    changed_by TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX brand_edits_by_organisation ON brand_edits (organisation_id, id);
