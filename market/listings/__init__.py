"""What is offered for sale or licence, checked by an agency, and how it is found."""
