-- Versions that somebody told of. `commits` is JSON: what a release brings, with the files that each commit changed.
CREATE TABLE releases (
  workspace TEXT NOT NULL,
  version TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  url TEXT NOT NULL,
  commits TEXT NOT NULL,
  PRIMARY KEY (workspace, version)
) STRICT;

-- Deploys that somebody told of; `service` and `environment` '' are all of them.
CREATE TABLE deploys (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace TEXT NOT NULL,
  version TEXT NOT NULL,
  service TEXT NOT NULL,
  environment TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  url TEXT NOT NULL
) STRICT;

CREATE INDEX deploys_by_time ON deploys (workspace, at_ms);

-- Source maps by release and by the file that they are of; `body` is compressed with gzip.
CREATE TABLE source_maps (
  workspace TEXT NOT NULL,
  version TEXT NOT NULL,
  file TEXT NOT NULL,
  debug_id TEXT NOT NULL,
  uploaded_ms INTEGER NOT NULL,
  body BLOB NOT NULL,
  PRIMARY KEY (workspace, version, file)
) STRICT;

CREATE INDEX source_maps_by_debug_id ON source_maps (workspace, debug_id);
