"""The SSO gateway: pages that carry a user's browser to a partner's dashboard with a signed form (partner-api §5)."""
