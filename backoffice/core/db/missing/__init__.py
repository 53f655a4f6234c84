"""The database engine of a project without DATABASE_URL: everything imports, connecting says what to do."""
