"""Number, catalogue, record, face, proof and verdict of electronic licences 电子证照."""
