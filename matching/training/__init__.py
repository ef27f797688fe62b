"""Training of what Hunar ships: the encoder that knows work, and the model that reads titles."""
