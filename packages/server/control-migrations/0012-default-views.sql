-- The view that a page is opened with: at most one of each page.
ALTER TABLE saved_views ADD COLUMN is_default INTEGER NOT NULL DEFAULT 0;
