"""Who is told of a request: the rota, the ladder, webhooks, and what was sent to whom."""
