"""The older paths `/vendor/...`, where partners ask with the credentials of their manifest (partner-api §3.2, §8)."""
