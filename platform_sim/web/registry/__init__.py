"""The add-ons registry: where partners push and pull manifests, as the addons-admin plugin does (partner-api §10)."""
