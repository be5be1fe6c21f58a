"""Whose an instance is and what it is: UIDs, patient, age, image or object about the case."""
