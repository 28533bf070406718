"""Documents (文书): rendered from the rulebook's templates, sealed, served, scanned back; each bound by its digest."""
