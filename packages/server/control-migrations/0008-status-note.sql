-- What people are told on the status page beside states, and since when it stands there (milliseconds since 1970).
ALTER TABLE status_pages ADD COLUMN note TEXT NOT NULL DEFAULT '';
ALTER TABLE status_pages ADD COLUMN note_ms INTEGER NOT NULL DEFAULT 0;
