"""`platform-sim snapshot ...`: a file a command. May ask the platform, and read and write the files it is given."""
