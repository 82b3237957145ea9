"""The whole platform as it really runs: processes, sockets, git. Slow, so few and each worth its seconds."""
