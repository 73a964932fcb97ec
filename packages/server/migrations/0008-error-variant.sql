-- The ways by which one error is reached: a hash of all frames of its stack, without lines and columns, so that one of them can be split off.
-- A span keeps its stack inside the JSON of its events, where a line ends with \n in two letters: a frame ends at either, so that a span and a line agree.
-- Double quotes end one too: after the last frame the JSON goes on.

ALTER TABLE spans ADD COLUMN error_variant UInt64 MATERIALIZED if(error_fingerprint = 0, 0, sipHash64(arrayStringConcat(arrayMap(frame -> replaceRegexpAll(frame, '[:(]\\d+|line \\d+', ''), arraySlice(extractAll(if(attrs['exception.stacktrace'] != '', attrs['exception.stacktrace'], events), '(?:\\n|\\\\n)\\s*(?:at |File \\\\*"|#\\d+ )([^\\n\\\\"]+)'), 1, 60)), '|'))) CODEC(ZSTD(1));

ALTER TABLE logs ADD COLUMN error_variant UInt64 MATERIALIZED if(error_fingerprint = 0, 0, sipHash64(arrayStringConcat(arrayMap(frame -> replaceRegexpAll(frame, '[:(]\\d+|line \\d+', ''), arraySlice(extractAll(attrs['exception.stacktrace'], '(?:\\n|\\\\n)\\s*(?:at |File \\\\*"|#\\d+ )([^\\n\\\\"]+)'), 1, 60)), '|'))) CODEC(ZSTD(1));
