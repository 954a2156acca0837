--- The version of the library: `ses._VERSION` and the User-Agent header.
return "0.1.0"
