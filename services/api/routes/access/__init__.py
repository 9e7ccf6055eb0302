"""Coming in over HTTP: sessions, credentials, the provider, the first start; also accounts."""
