"""Go's templates, as --format takes them."""
