"""3. What a record must look like: the same file names as `sources/`; cast, check, hold with reasons, stand by version."""
