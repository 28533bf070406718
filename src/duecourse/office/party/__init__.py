"""当事人: papers opened to the party of a matter, and what the party sends back."""
