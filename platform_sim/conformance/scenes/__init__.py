"""What is played to a partner, a file a subject. A scene keeps what it has seen, by moments, and judges nothing."""
