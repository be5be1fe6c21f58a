"""Where an image lies in the patient, and the order in which images and frames are read."""
