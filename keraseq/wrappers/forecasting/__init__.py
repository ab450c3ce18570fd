"""What SequenceForecaster is made of."""
