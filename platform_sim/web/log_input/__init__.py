"""Log input: partners write into the logs of apps that their add-ons are attached to (partner-api §7.2)."""
