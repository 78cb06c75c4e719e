-- break: a column is gone
-- Details by field: what customers see and may change of each, in place of one rule for all.

ALTER TABLE portals ADD COLUMN field_email TEXT NOT NULL DEFAULT 'edit'
    CHECK (field_email IN ('hidden', 'read', 'edit', 'approve'));
ALTER TABLE portals ADD COLUMN field_phone TEXT NOT NULL DEFAULT 'edit'
    CHECK (field_phone IN ('hidden', 'read', 'edit', 'approve'));
ALTER TABLE portals ADD COLUMN field_address1 TEXT NOT NULL DEFAULT 'edit'
    CHECK (field_address1 IN ('hidden', 'read', 'edit', 'approve'));
ALTER TABLE portals ADD COLUMN field_address2 TEXT NOT NULL DEFAULT 'edit'
    CHECK (field_address2 IN ('hidden', 'read', 'edit', 'approve'));
ALTER TABLE portals ADD COLUMN field_town TEXT NOT NULL DEFAULT 'edit'
    CHECK (field_town IN ('hidden', 'read', 'edit', 'approve'));
ALTER TABLE portals ADD COLUMN field_county TEXT NOT NULL DEFAULT 'edit'
    CHECK (field_county IN ('hidden', 'read', 'edit', 'approve'));
ALTER TABLE portals ADD COLUMN field_postcode TEXT NOT NULL DEFAULT 'edit'
    CHECK (field_postcode IN ('hidden', 'read', 'edit', 'approve'));
ALTER TABLE portals ADD COLUMN field_country TEXT NOT NULL DEFAULT 'edit'
    CHECK (field_country IN ('hidden', 'read', 'edit', 'approve'));

UPDATE portals SET
    field_email = CASE profile_edits WHEN 'off' THEN 'read' WHEN 'approved' THEN 'approve' ELSE 'edit' END,
    field_phone = CASE profile_edits WHEN 'off' THEN 'read' WHEN 'approved' THEN 'approve' ELSE 'edit' END,
    field_address1 = CASE profile_edits WHEN 'off' THEN 'read' WHEN 'approved' THEN 'approve' ELSE 'edit' END,
    field_address2 = CASE profile_edits WHEN 'off' THEN 'read' WHEN 'approved' THEN 'approve' ELSE 'edit' END,
    field_town = CASE profile_edits WHEN 'off' THEN 'read' WHEN 'approved' THEN 'approve' ELSE 'edit' END,
    field_county = CASE profile_edits WHEN 'off' THEN 'read' WHEN 'approved' THEN 'approve' ELSE 'edit' END,
    field_postcode = CASE profile_edits WHEN 'off' THEN 'read' WHEN 'approved' THEN 'approve' ELSE 'edit' END,
    field_country = CASE profile_edits WHEN 'off' THEN 'read' WHEN 'approved' THEN 'approve' ELSE 'edit' END;
ALTER TABLE portals DROP COLUMN profile_edits;

-- The log of settings says the same of changes made before, so that they can still be undone.

UPDATE setting_changes SET changes = (
    SELECT json_set(json_remove(changes, '$.profile_edits'),
        '$.field_email', json(rule.pair),
        '$.field_phone', json(rule.pair),
        '$.field_address1', json(rule.pair),
        '$.field_address2', json(rule.pair),
        '$.field_town', json(rule.pair),
        '$.field_county', json(rule.pair),
        '$.field_postcode', json(rule.pair),
        '$.field_country', json(rule.pair))
    FROM (SELECT json_array(
        CASE json_extract(changes, '$.profile_edits[0]') WHEN 'off' THEN 'read' WHEN 'approved' THEN 'approve' ELSE 'edit' END,
        CASE json_extract(changes, '$.profile_edits[1]') WHEN 'off' THEN 'read' WHEN 'approved' THEN 'approve' ELSE 'edit' END) AS pair) rule)
WHERE json_type(changes, '$.profile_edits') IS NOT NULL;
