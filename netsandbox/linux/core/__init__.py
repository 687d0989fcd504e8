"""What every protocol family and every driver stands on."""
