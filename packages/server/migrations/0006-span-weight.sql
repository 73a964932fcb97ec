-- So many spans a span stands for: 1, or more for those that tail sampling kept as a share of their like. Sums of it are true counts; rows stored before have 1.

ALTER TABLE spans ADD COLUMN weight Float32 DEFAULT 1 CODEC(ZSTD(1));
