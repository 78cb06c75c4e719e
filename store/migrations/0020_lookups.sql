-- expand
-- What the last thorough look at a name's DNS saw, and since when it has not led to us.
ALTER TABLE domains ADD COLUMN evidence TEXT;        -- JSON of a survey
ALTER TABLE domains ADD COLUMN wrong_since INTEGER;
