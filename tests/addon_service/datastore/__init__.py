"""The database servers, for real: the embedded one, and those of TEST_POSTGRES_URL and TEST_MYSQL_URL."""
