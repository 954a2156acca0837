# Sanitizers, and the harnesses of spec/c.
